//! All tests of the crate in one program: each program would be linked anew, by LTO.

mod damaged_packs;
mod hostile_packs;
mod memory;
mod odd;
mod odd_texts;
mod parts;
mod reading_ahead;
