//! Giants: symbol files as large as a browser's, and dumps whose stacks run through them.

mod aside;
pub mod dumps;
pub mod failure;
pub mod measure;
pub mod random;
pub mod report;
pub mod symbols;
mod text;
