//! What the records of a symbol file are like: how many, how long, how deep, how compressible.
//!
//! The same measuring looks at real files and at generated ones, so their tables compare.

mod distribution;
mod packing;
mod read;
mod record;
mod statistics;

pub use read::{for_each_line, measure_file};
pub use record::{Kind, fields, hex, name_after};
pub use statistics::{Measurer, Statistics};
