//! What the fuzz targets share: packs in memory, odd texts, and packs taken apart.
//!
//! Checksums stop nearly every blind change of a pack, so [`parts`] takes one apart by
//! `docs/pack-format.md`, [`change`] changes what is inside, and it is put together again with right
//! checksums and places: the change reaches the decoder it is meant for.

pub mod bounded;
pub mod change;
#[path = "../../crates/pack/tests/memory/mod.rs"]
pub mod memory;
#[path = "../../crates/pack/tests/odd/mod.rs"]
pub mod odd;
#[path = "../../crates/pack/tests/parts/mod.rs"]
pub mod parts;
