//! One pack on disk: a file with holes, and one of checksums that says which chunks are there.
//!
//! A chunk is there when its checksum is. Bytes are written first and the checksum after them, and
//! whoever reads a chunk compares, so that a process that ends at any moment, or a machine that
//! loses what it had not written yet, leaves at worst a chunk that is fetched again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::disk::Disk;
use super::heading::{HEADING_BYTES, Heading};

/// Bytes that are fetched and kept together, from a multiple of it: a block of a file system.
pub const CHUNK: u64 = 4096;

/// The chunks that a range touches.
pub fn chunks_of(range: &Range<u64>) -> Range<u64> {
    match range.is_empty() {
        true => 0..0,
        false => range.start / CHUNK..range.end.div_ceil(CHUNK),
    }
}

/// The chunks of one pack.
#[derive(Debug)]
pub struct Chunks {
    /// What they are of.
    pub heading: Heading,
    /// When they were last asked for, in asks of the whole cache.
    pub used: AtomicU64,
    /// Of data and sums. They are opened for each use: there may be more packs than a process can
    /// have files open.
    paths: [PathBuf; 2],
    /// Of each chunk; 0 where it is not there.
    known: Mutex<Sums>,
}

#[derive(Debug)]
struct Sums {
    sums: Vec<u32>,
    there: u64,
}

impl Chunks {
    /// Makes the files of a pack in a folder.
    ///
    /// # Errors
    /// They cannot be made.
    pub fn create(folder: &Path, heading: &Heading) -> io::Result<Self> {
        let paths = paths(folder, &heading.name());
        let open = |path: &Path| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(true);
            options.open(path)
        };
        let (data, mut sums) = (open(&paths[0])?, open(&paths[1])?);
        data.set_len(heading.size)?;
        heading.write(&mut sums)?;
        let count = heading.size.div_ceil(CHUNK);
        sums.set_len(HEADING_BYTES + count * 4)?;
        let known = Sums {
            sums: vec![0; count as usize],
            there: 0,
        };
        Ok(Self::of(heading.clone(), paths, known))
    }

    /// Opens the files of a pack that an earlier process left; nothing if they do not fit together.
    pub fn open(folder: &Path, name: &str) -> Option<Self> {
        let paths = paths(folder, name);
        let (data, mut sums) = (File::open(&paths[0]).ok()?, File::open(&paths[1]).ok()?);
        let heading = Heading::read(&mut sums)?;
        let count = heading.size.div_ceil(CHUNK);
        let fits = heading.name() == name
            && data.metadata().ok()?.len() == heading.size
            && sums.metadata().ok()?.len() == HEADING_BYTES + count * 4;
        if !fits {
            return None;
        }
        let mut bytes = Vec::new();
        sums.seek(SeekFrom::Start(HEADING_BYTES)).ok()?;
        sums.read_to_end(&mut bytes).ok()?;
        let words = bytes.chunks_exact(4);
        let known: Vec<u32> = words
            .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
            .collect();
        let there = known.iter().filter(|sum| **sum != 0).count() as u64;
        Some(Self::of(heading, paths, Sums { sums: known, there }))
    }

    fn of(heading: Heading, paths: [PathBuf; 2], known: Sums) -> Self {
        Self {
            heading,
            used: AtomicU64::new(0),
            paths,
            known: Mutex::new(known),
        }
    }

    /// Whether a chunk is there.
    pub fn has(&self, chunk: u64) -> bool {
        self.known()
            .sums
            .get(chunk as usize)
            .is_some_and(|sum| *sum != 0)
    }

    /// A chunk; nothing if it is not there, or not what was written.
    pub fn get(&self, chunk: u64, disk: &Disk) -> Option<Bytes> {
        let sum = *self.known().sums.get(chunk as usize)?;
        if sum == 0 {
            return None;
        }
        let length = CHUNK.min(self.heading.size - chunk * CHUNK);
        let mut bytes = vec![0; length as usize];
        let data = File::open(&self.paths[0]);
        let read = data.and_then(|data| data.read_exact_at(&mut bytes, chunk * CHUNK));
        if read.is_err() || checksum(&bytes) != sum {
            self.lose(chunk);
            disk.damaged();
            return None;
        }
        self.used.store(disk.tick(), Ordering::Relaxed);
        Some(bytes.into())
    }

    /// Writes chunks; a write that fails, or comes after the removal, leaves them not there.
    pub fn put(&self, first: u64, bytes: &[u8], disk: &Disk) {
        if self.known().sums.is_empty() {
            return;
        }
        self.used.store(disk.tick(), Ordering::Relaxed);
        if self.write(0, bytes, first * CHUNK).is_err() {
            disk.refused();
            return;
        }
        let sums: Vec<u32> = bytes.chunks(CHUNK as usize).map(checksum).collect();
        let words: Vec<u8> = sums.iter().flat_map(|sum| sum.to_le_bytes()).collect();
        // One that is not written is not known to the next process, which fetches the chunk.
        let _ = self.write(1, &words, HEADING_BYTES + first * 4);
        let mut known = self.known();
        let mut new = 0;
        for (at, sum) in (first as usize..).zip(sums) {
            if let Some(slot) = known.sums.get_mut(at) {
                new += u64::from(*slot == 0);
                *slot = sum;
            }
        }
        known.there += new;
    }

    /// The data, to be read by somebody else, if all chunks are there.
    pub fn whole(&self) -> Option<File> {
        let known = self.known();
        match known.sums.len() as u64 {
            // Of a pack that was removed the file may be there again, made for another.
            0 => None,
            all if known.there == all => File::open(&self.paths[0]).ok(),
            _ => None,
        }
    }

    /// Bytes that the chunks take on disk.
    pub fn bytes(&self) -> u64 {
        self.known().there * CHUNK
    }

    /// Removes the files; no chunk is there any more. Who has the data open can read on.
    pub fn remove(&self) {
        *self.known() = Sums {
            sums: Vec::new(),
            there: 0,
        };
        for path in &self.paths {
            // Gone already is as good.
            let _ = fs::remove_file(path);
        }
    }

    fn lose(&self, chunk: u64) {
        let _ = self.write(1, &[0; 4], HEADING_BYTES + chunk * 4);
        let mut known = self.known();
        if let Some(slot) = known.sums.get_mut(chunk as usize)
            && std::mem::take(slot) != 0
        {
            known.there -= 1;
        }
    }

    fn write(&self, file: usize, bytes: &[u8], at: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(&self.paths[file])?;
        file.write_all_at(bytes, at)
    }

    fn known(&self) -> MutexGuard<'_, Sums> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn paths(folder: &Path, name: &str) -> [PathBuf; 2] {
    [
        folder.join(format!("{name}.data")),
        folder.join(format!("{name}.sums")),
    ]
}

/// Never 0, which stands for a chunk that is not there.
fn checksum(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes).max(1)
}
