//! The dump as bytes in memory, before any of them is looked at.

use std::fs::File;
use std::path::Path;

use memmap2::Mmap;
use minidump::Error;

/// Maps the file; errors are those that upstream has for it.
pub fn map(path: &Path) -> Result<Mmap, Error> {
    let file = File::open(path).map_err(|_| Error::FileNotFound)?;
    // SAFETY: a file that is cut meanwhile ends the process with SIGBUS, as it does upstream's.
    unsafe { Mmap::map(&file) }.map_err(|_| Error::IoError)
}
