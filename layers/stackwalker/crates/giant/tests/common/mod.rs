//! A giant small enough for tests, made once for all that read it.

use std::path::{Path, PathBuf};

use moonwalk_giant::measure::Statistics;
use moonwalk_giant::symbols::{Wanted, make};
use tempfile::TempDir;

/// The debug id of every giant here.
pub const ID: &str = "5D6C64FC821CFD73CD87314C7EC3D2D3a";
/// Its module.
pub const MODULE: &str = "libgiant.so";

/// A symbol folder that is removed in the end.
pub struct Folder(TempDir);

impl Folder {
    /// An empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the walker looks for the giant's symbols.
    pub fn symbols(&self) -> PathBuf {
        self.path()
            .join(MODULE)
            .join(ID)
            .join(format!("{MODULE}.sym"))
    }

    /// Makes a giant there.
    pub fn giant(&self, size: u64, seed: u64) -> Statistics {
        let wanted = Wanted {
            module: MODULE.into(),
            id: ID.into(),
            size,
            seed,
        };
        make(&wanted, &self.symbols()).expect("a giant is made")
    }
}
