//! A folder that says nothing of the machine, as the program's path is part of its minidump.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Writable by everyone and the same on every Linux; `/tmp` may be redirected for a user.
const FOLDER: &str = "/var/tmp/darkroom-1.4.2";

/// A copy of a program in [`FOLDER`], removed when dropped.
pub struct NeutralPlace {
    program: PathBuf,
}

impl NeutralPlace {
    /// Fails when the folder is there already: it may be another user's, or another maker's at work.
    pub fn with_copy_of(program: &Path) -> Result<Self> {
        DirBuilder::new()
            .mode(0o700)
            .create(FOLDER)
            .with_context(|| format!("cannot make {FOLDER}: if it is a leftover, remove it"))?;
        let place = Self { program: Path::new(FOLDER).join("darkroom") };
        fs::copy(program, &place.program)
            .with_context(|| format!("cannot copy {} to {FOLDER}", program.display()))?;
        Ok(place)
    }

    pub fn program(&self) -> &Path {
        &self.program
    }
}

impl Drop for NeutralPlace {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(FOLDER) {
            eprintln!("cannot remove {FOLDER}: {error}");
        }
    }
}
