//! A file that is whole or not there: written aside, synced, then given its name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that is being written; dropped before [`Aside::commit`], it leaves nothing.
pub struct Aside {
    writer: BufWriter<File>,
    aside: PathBuf,
    path: PathBuf,
    committed: bool,
}

impl Aside {
    /// Starts the file that is to be `path`, in its folder, which is made if it is missing.
    ///
    /// # Errors
    /// [`Failure::Write`] if there cannot be such a file.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let failed = |error| Failure::write(path, error);
        let aside = place_aside(path).map_err(failed)?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&aside)
            .map_err(failed)?;
        Ok(Self {
            writer: BufWriter::with_capacity(1 << 20, file),
            aside,
            path: path.to_owned(),
            committed: false,
        })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// [`Failure::Write`], as when the disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.writer.write_all(bytes);
        written.map_err(|error| Failure::write(&self.path, error))
    }

    /// Makes what was written durable and visible under its name, in the place of what was there.
    ///
    /// # Errors
    /// [`Failure::Write`]; what was there remains.
    pub fn commit(mut self) -> Result<(), Failure> {
        let done = self.finish();
        done.map_err(|error| Failure::write(&self.path, error))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()?;
        self.writer.get_ref().sync_all()?;
        fs::rename(&self.aside, &self.path)?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.committed {
            // Nobody is left to be told, and the name shows what the file is.
            let _ = fs::remove_file(&self.aside);
        }
    }
}

fn place_aside(path: &Path) -> io::Result<PathBuf> {
    if path.exists() && !path.is_file() {
        return Err(io::Error::other("something that is no file is there"));
    }
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("it has no file name"))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder)?;
    }
    let mut aside = name.to_owned();
    aside.push(format!(".{}.partial", std::process::id()));
    Ok(folder.join(aside))
}
