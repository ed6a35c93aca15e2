//! Where the bytes of a pack come from, range by range.

use std::fs::File;
use std::future::Future;
use std::io;
use std::ops::{AddAssign, Range};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What a reader did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadCost {
    /// Requests: system calls for a file.
    pub reads: u64,
    /// Bytes that came of them.
    pub bytes: u64,
    /// Nanoseconds in system calls that read a file; none of a reader over a network, whose waits
    /// are no matter of one pack.
    pub nanoseconds: u64,
}

impl AddAssign for ReadCost {
    fn add_assign(&mut self, other: Self) {
        self.reads += other.reads;
        self.bytes += other.bytes;
        self.nanoseconds += other.nanoseconds;
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
    nanoseconds: AtomicU64,
}

impl FileReader {
    /// Reads from an open file.
    #[must_use]
    pub fn new(file: File) -> Self {
        Self {
            file,
            reads: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            nanoseconds: AtomicU64::new(0),
        }
    }

    fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let since = Instant::now();
        self.file.read_exact_at(&mut bytes, range.start)?;
        let passed = since.elapsed().as_nanos() as u64;
        self.nanoseconds.fetch_add(passed, Ordering::Relaxed);
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
            nanoseconds: self.nanoseconds.load(Ordering::Relaxed),
        }
    }
}

/// Sorts ranges and joins those with at most `gap` bytes between them.
pub(crate) fn join(mut ranges: Vec<Range<u64>>, gap: u64) -> Vec<Range<u64>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(gap) => {
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_read_as_one() {
        let joined = join(vec![90..95, 0..10, 10..20, 24..30, 5..8], 4);
        assert_eq!(joined, [0..30, 90..95]);
    }

    #[test]
    fn ranges_further_apart_than_the_gap_are_read_by_themselves() {
        assert_eq!(join(vec![0..10, 15..20], 4), [0..10, 15..20]);
    }
}
