//! Where the bytes of a pack come from, range by range.

use std::fs::File;
use std::future::Future;
use std::io;
use std::ops::{AddAssign, Range};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a reader did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadCost {
    /// Requests: system calls for a file.
    pub reads: u64,
    /// Bytes that came of them.
    pub bytes: u64,
}

impl AddAssign for ReadCost {
    fn add_assign(&mut self, other: Self) {
        self.reads += other.reads;
        self.bytes += other.bytes;
    }
}

/// Where the bytes of a pack come from.
///
/// Calls give all they ask for at once, so that a reader over a network can join neighbours and
/// ask side by side.
pub trait RangeReader {
    /// The last `length` bytes, or all if there are fewer, and the length of the whole.
    fn suffix(&self, length: u64) -> impl Future<Output = io::Result<(Vec<u8>, u64)>> + Send;

    /// The bytes of each range, in the order asked for; an error if any goes beyond the end.
    fn ranges(
        &self,
        wanted: &[Range<u64>],
    ) -> impl Future<Output = io::Result<Vec<Vec<u8>>>> + Send;

    /// What was asked for so far.
    fn cost(&self) -> ReadCost;
}

/// A pack in a file.
#[derive(Debug)]
pub struct FileReader {
    file: File,
    reads: AtomicU64,
    bytes: AtomicU64,
}

impl FileReader {
    /// Reads from an open file.
    #[must_use]
    pub fn new(file: File) -> Self {
        Self {
            file,
            reads: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        self.file.read_exact_at(&mut bytes, range.start)?;
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

impl RangeReader for FileReader {
    async fn suffix(&self, length: u64) -> io::Result<(Vec<u8>, u64)> {
        let total = self.file.metadata()?.len();
        let bytes = self.read(total.saturating_sub(length)..total)?;
        Ok((bytes, total))
    }

    async fn ranges(&self, wanted: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        wanted
            .iter()
            .map(|range| self.read(range.clone()))
            .collect()
    }

    fn cost(&self) -> ReadCost {
        ReadCost {
            reads: self.reads.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
