//! Packed symbols: a Breakpad symbol file turned once into a file that is read in small pieces.
//!
//! A pack holds the text itself, byte for byte, in small compressed blocks, and indexes that say
//! which block answers for an address. What it answers is what `breakpad-symbols` 0.27.0 would
//! answer with the whole text: a [`Slice`] is the few lines that matter for one address, to be
//! given to that parser. The layout is in `docs/pack-format.md`, its reasons in ADR 8.
#![forbid(unsafe_code)]

mod build;
mod compress;
mod dictionary;
mod directory;
mod error;
mod frame;
mod frames;
mod grammar;
mod held;
mod hot;
mod index;
mod kept;
mod key;
mod order;
mod page;
mod prefetch;
mod ranges;
mod read;
mod scan;
mod slice;
mod survivors;
mod text;
mod validate;
mod verify;
mod window;
mod wire;
mod write;

pub use build::{Built, Work, build, build_file};
pub use directory::{CONTAINER_VERSION, Header, INDEX_VERSION, Key, Section, Verdict};
pub use error::{PackError, Result};
pub use frames::PackCost;
pub use grammar::NameKind;
pub use prefetch::NamesLeft;
pub use ranges::{FileReader, RangeReader, ReadCost};
pub use read::{Pack, SectionSize};
pub use slice::{Slice, Want};
pub use text::Text;
pub use verify::{Comparison, verify};
