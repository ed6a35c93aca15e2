//! All tests of the crate in one program: each program would be linked anew, by LTO.

mod command;
mod common;
mod dumps;
mod symbols;
