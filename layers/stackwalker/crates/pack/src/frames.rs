//! Frames of an open pack: read by range with what stands near them, decoded, remembered.

use std::ops::{AddAssign, Range};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::directory::MAGIC;
use crate::error::{PackError, Result};
use crate::frame::{HEAD, Kind, MAX_FRAME};
use crate::kept::{Block, Kept};
use crate::page::{Page, Place, Runs};
use crate::ranges::{RangeReader, ReadCost, join};

/// Bytes read before and behind blocks that are wanted: the unwinding of a function stands before
/// its lines, its names behind them. Measured: ADR 8.
const BEHIND: u64 = 1024;
const AHEAD: u64 = 1024;
/// Ranges with no more bytes between them are read as one.
const GAP: u64 = 4 * 1024;
/// The same where all that will be needed is read at once: what stands around it is of no use then,
/// and bytes count.
const GAP_IN_BULK: u64 = 512;

/// What was read of a pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackCost {
    /// Requests and bytes.
    pub read: ReadCost,
    /// Frames (blocks, index pages) that were checked and decompressed.
    pub blocks: u64,
}

impl AddAssign for PackCost {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.blocks += other.blocks;
    }
}

/// Everything that is read of a pack once it is open.
pub(crate) struct Frames<R> {
    reader: R,
    /// Length of the pack, in bytes.
    pub(crate) size: u64,
    /// Where frames of text are.
    text: Range<u64>,
    kept: Mutex<Kept>,
}

impl<R: RangeReader> Frames<R> {
    /// `text` is the length of all frames of text, as the directory has it.
    pub(crate) fn new(reader: R, size: u64, text: u64, kept: Kept) -> Self {
        let start = MAGIC.len() as u64;
        Self {
            reader,
            size,
            text: start..start.saturating_add(text).min(size),
            kept: Mutex::new(kept),
        }
    }

    pub(crate) fn cost(&self) -> PackCost {
        PackCost {
            read: self.reader.cost(),
            blocks: self.kept().count,
        }
    }

    /// Whether a frame can be had without reading.
    pub(crate) fn knows(&self, place: Place) -> bool {
        self.kept().has(place)
    }

    /// Remembers what is read from now on, up to so many bytes.
    pub(crate) fn hold(&self, bytes: usize) {
        self.kept().hold(bytes);
    }

    /// Reads the frames that are not yet known, all at once, and whatever stands near them.
    pub(crate) async fn fetch(&self, places: &[Place]) -> Result<()> {
        let missing: Vec<_> = {
            let kept = self.kept();
            let unknown = places.iter().filter(|place| !kept.has(**place));
            unknown.copied().collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        self.read(&missing).await
    }

    /// Reads frames, whether they are known or not.
    async fn read(&self, places: &[Place]) -> Result<()> {
        places
            .iter()
            .try_for_each(|place| check(*place, self.size))?;
        let ranges = places.iter().map(|at| at.offset..at.end());
        let joined = self.widened(ranges.collect());
        let read = self.reader.ranges(&joined).await?;
        let mut kept = self.kept();
        for (range, bytes) in joined.iter().zip(read) {
            kept.store(range.start, bytes);
        }
        Ok(())
    }

    /// Ranges with what stands around them, as far as a read of that is cheaper than another one.
    fn widened(&self, ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
        if self.kept().holds() {
            return join(ranges, GAP_IN_BULK);
        }
        let text = &self.text;
        let widen = |range: Range<u64>| {
            let within = text.contains(&range.start) && range.end <= text.end;
            let bounds = if within { text.clone() } else { range.clone() };
            let start = range.start.saturating_sub(BEHIND).max(bounds.start);
            start..(range.end + AHEAD).min(bounds.end)
        };
        join(ranges.into_iter().map(widen).collect(), GAP)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A frame of the remembered bytes, which are read if they are not there.
    async fn kept_or_read<T>(
        &self,
        place: Place,
        take: impl Fn(&mut Kept) -> Result<Option<T>>,
    ) -> Result<T> {
        loop {
            if let Some(frame) = take(&mut self.kept())? {
                return Ok(frame);
            }
            // Not `fetch`: a hostile pack has a frame of two kinds, known as one and wanted as the
            // other, for ever.
            self.read(&[place]).await?;
        }
    }

    /// A page of ranges or addresses.
    pub(crate) async fn page(&self, place: Place) -> Result<Arc<Page>> {
        self.kept_or_read(place, |kept| kept.page(place)).await
    }

    /// A page of names.
    pub(crate) async fn runs(&self, place: Place) -> Result<Arc<Runs>> {
        self.kept_or_read(place, |kept| kept.runs(place)).await
    }

    /// A block of text; nothing if the parser passes over it.
    pub(crate) async fn block(&self, place: Place) -> Result<Block> {
        self.kept_or_read(place, |kept| kept.block(place)).await
    }

    /// Kind and content of a frame that is not to be remembered.
    pub(crate) async fn once(&self, place: Place) -> Result<(Kind, Vec<u8>)> {
        let bytes = read_one(&self.reader, place, self.size).await?;
        self.kept().decode(place, &bytes)
    }
}

/// The bytes of one frame of a file of `size` bytes.
pub(crate) async fn read_one(reader: &impl RangeReader, at: Place, size: u64) -> Result<Vec<u8>> {
    check(at, size)?;
    let range = at.offset..at.end();
    let mut read = reader.ranges(std::slice::from_ref(&range)).await?;
    read.pop()
        .ok_or_else(|| damaged("answer of the reader", at))
}

/// Whether a frame can be there; nothing is asked for, or allocated, before this holds.
pub(crate) fn check(place: Place, size: u64) -> Result<()> {
    let whole = (HEAD..=HEAD + MAX_FRAME).contains(&(place.length as usize));
    match whole && place.end() <= size {
        true => Ok(()),
        false => Err(damaged("place of a frame", place)),
    }
}

/// What does not fit in a frame.
pub(crate) fn damaged(what: &'static str, place: Place) -> PackError {
    PackError::Damaged {
        what,
        offset: place.offset,
    }
}
