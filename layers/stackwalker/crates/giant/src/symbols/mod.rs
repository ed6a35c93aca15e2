//! Generated symbol files.

mod calls;
pub mod figures;
mod function;
mod make;
mod names;
mod paths;
mod plan;
pub mod profile;
mod sections;
mod shape;
mod unwinding;
mod words;

pub use make::make;
pub use plan::{Plan, Wanted};
