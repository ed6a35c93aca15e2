//! A pack in a store: its chunks are fetched once, however many ask, and kept.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, Shared, join_all};

use crate::cache::{CHUNK, Cache, Heading, Kept, Tier, chunks_of};
use crate::figures::{Figure, Tally};
use crate::source::{End, Remote, Trouble};

/// Chunks that are not wanted, but fetched with those around them rather than asked around: a
/// request costs as long as a megabyte.
const GAP: u64 = 4;
/// Chunks of one request at most.
const LONGEST: u64 = (1 << 20) / CHUNK;
/// The same of a pack that is fetched as a whole.
const LONGEST_OF_WHOLE: u64 = (8 << 20) / CHUNK;
/// Requests side by side for a pack that is fetched as a whole.
const SIDE_BY_SIDE: usize = 4;
/// When more requests than this would be made for a pack, it is fetched as a whole instead: stacks
/// that are so far flung will be elsewhere again in the next crash.
const FAR_FLUNG: u64 = 640;

type Flight = Shared<BoxFuture<'static, Result<Bytes, Trouble>>>;

/// A pack in a store.
pub struct Pack {
    remote: Remote,
    heading: Heading,
    kept: Kept,
    cache: Arc<Cache>,
    flights: Mutex<BTreeMap<u64, (Range<u64>, Flight)>>,
    interest: Mutex<Interest>,
    /// Made so far.
    requests: AtomicU64,
}

/// Who found chunks missing.
enum Interest {
    Nobody,
    /// This walk.
    One(Arc<str>),
    /// So many, or for so much, that the pack is fetched as a whole.
    Many,
}

impl Pack {
    /// A pack of which nothing is known to be wanted yet.
    pub fn new(remote: Remote, heading: Heading, cache: Arc<Cache>) -> Arc<Self> {
        Arc::new(Self {
            remote,
            kept: cache.keep(&heading),
            heading,
            cache,
            flights: Mutex::default(),
            interest: Mutex::new(Interest::Nobody),
            requests: AtomicU64::new(0),
        })
    }

    /// Length, in bytes.
    pub fn size(&self) -> u64 {
        self.heading.size
    }

    /// The symbol server that the text came from.
    pub fn origin(&self) -> Option<String> {
        self.heading.origin.clone()
    }

    /// Tells versions apart.
    pub fn etag(&self) -> &str {
        &self.heading.etag
    }

    /// All of it, if it is on disk.
    pub fn whole(&self) -> Option<std::fs::File> {
        self.kept.whole()
    }

    /// Drops what is kept of it.
    pub fn forget(&self) {
        self.cache.forget(&self.kept);
    }

    /// Keeps the chunks of an end that are whole.
    pub fn keep_end(&self, end: &End) {
        let first = end.start.div_ceil(CHUNK);
        let skip = (first * CHUNK - end.start) as usize;
        if skip < end.bytes.len() {
            self.cache.put(&self.kept, first, &end.bytes.slice(skip..));
        }
    }

    /// The bytes of ranges, one after the other.
    ///
    /// # Errors
    /// They cannot be fetched.
    pub async fn read(
        self: &Arc<Self>,
        ranges: &[Range<u64>],
        tally: &Tally,
    ) -> Result<Vec<u8>, Trouble> {
        let mut at_hand = HashMap::new();
        let mut missing = Vec::new();
        for chunk in wanted(ranges) {
            match self.cache.get(&self.kept, chunk) {
                Some((bytes, tier)) => {
                    tally.add(Figure::Hits, 1);
                    let figure = match tier {
                        Tier::Memory => Figure::MemoryBytes,
                        Tier::Disk => Figure::DiskBytes,
                    };
                    tally.add(figure, bytes.len() as u64);
                    at_hand.insert(chunk, bytes);
                }
                None => missing.push(chunk),
            }
        }
        if self.is_far_flung(&missing) {
            self.fetch_whole(tally).await?;
            missing.retain(|chunk| match self.cache.get(&self.kept, *chunk) {
                Some((bytes, _)) => at_hand.insert(*chunk, bytes).is_some(),
                None => true,
            });
        }
        for (chunks, bytes) in self.fetch(&missing, LONGEST, tally).await? {
            for (chunk, from) in chunks.zip((0..bytes.len()).step_by(CHUNK as usize)) {
                let to = bytes.len().min(from + CHUNK as usize);
                at_hand.insert(chunk, bytes.slice(from..to));
            }
        }
        cut(ranges, &at_hand)
    }

    /// Sees to it that ranges are at hand.
    ///
    /// # Errors
    /// They cannot be fetched.
    pub async fn see_to(
        self: &Arc<Self>,
        ranges: &[Range<u64>],
        tally: &Tally,
    ) -> Result<(), Trouble> {
        let is_missing = |chunk: &u64| !self.cache.has(&self.kept, *chunk);
        let missing: Vec<u64> = wanted(ranges).into_iter().filter(is_missing).collect();
        match self.is_far_flung(&missing) {
            true => self.fetch_whole(tally).await,
            false => self.fetch(&missing, LONGEST, tally).await.map(drop),
        }
    }

    /// Whether chunks are the ones too many; said once.
    fn is_far_flung(&self, missing: &[u64]) -> bool {
        let requests = joined(missing, LONGEST).len() as u64;
        requests > 0
            && self.requests.load(Ordering::Relaxed) + requests > FAR_FLUNG
            && self.wants_whole()
    }

    /// Fetches chunks, joining what others fetch already.
    async fn fetch(
        self: &Arc<Self>,
        missing: &[u64],
        longest: u64,
        tally: &Tally,
    ) -> Result<Vec<(Range<u64>, Bytes)>, Trouble> {
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        tally.add(Figure::Misses, missing.len() as u64);
        tally.round();
        let wait = tally.wait();
        let flights = self.flights_of(missing, longest, tally);
        self.note_interest(tally);
        let (ranges, waits): (Vec<_>, Vec<_>) = flights.into_iter().unzip();
        let landed = join_all(waits).await;
        drop(wait);
        ranges
            .into_iter()
            .zip(landed)
            .map(|(range, bytes)| Ok((range, bytes?)))
            .collect()
    }

    /// The flights that bring chunks: those under way, and new ones for what is left.
    fn flights_of(
        self: &Arc<Self>,
        missing: &[u64],
        longest: u64,
        tally: &Tally,
    ) -> Vec<(Range<u64>, Flight)> {
        let mut under_way = self.under_way();
        let mut flights = BTreeMap::new();
        let mut left = Vec::new();
        for &chunk in missing {
            let before = under_way.range(..=chunk).next_back();
            match before.filter(|(_, (range, _))| range.contains(&chunk)) {
                Some((start, flight)) => {
                    flights.insert(*start, flight.clone());
                }
                None => left.push(chunk),
            }
        }
        for range in joined(&left, longest) {
            let flight = self.start(range.clone(), tally.clone());
            under_way.insert(range.start, (range.clone(), flight.clone()));
            flights.insert(range.start, (range, flight));
        }
        flights.into_values().collect()
    }

    /// A request that goes on even if nobody waits any more.
    fn start(self: &Arc<Self>, chunks: Range<u64>, tally: Tally) -> Flight {
        let pack = self.clone();
        let landing = tokio::spawn(async move {
            let bytes = chunks.start * CHUNK..(chunks.end * CHUNK).min(pack.size());
            let since = Instant::now();
            let got = pack.remote.range(bytes, &pack.heading.etag).await;
            tally.add(Figure::Requests, 1);
            pack.requests.fetch_add(1, Ordering::Relaxed);
            tally.time(Figure::FetchMicroseconds, since.elapsed());
            if let Ok(bytes) = &got {
                tally.add(Figure::SourceBytes, bytes.len() as u64);
                pack.cache.put(&pack.kept, chunks.start, bytes);
            }
            pack.under_way().remove(&chunks.start);
            got
        });
        landing
            .map(|landed| landed.unwrap_or_else(|error| Err(Trouble::Failed(error.to_string()))))
            .boxed()
            .shared()
    }

    /// A pack in which a second walk finds chunks missing is soon wanted by a third.
    fn note_interest(self: &Arc<Self>, tally: &Tally) {
        let second = match &mut *self.interest() {
            none @ Interest::Nobody => {
                *none = Interest::One(tally.walk.clone());
                false
            }
            Interest::One(walk) => *walk != tally.walk,
            Interest::Many => false,
        };
        if second && self.wants_whole() {
            let (pack, tally) = (self.clone(), tally.question());
            // What fails is fetched when it is wanted.
            tokio::spawn(async move { pack.fetch_whole(&tally).await });
        }
    }

    /// Whether it is to be fetched as a whole, which is said once.
    fn wants_whole(&self) -> bool {
        let mut interest = self.interest();
        let now = !matches!(*interest, Interest::Many) && self.cache.has_room(self.size());
        if now {
            *interest = Interest::Many;
        }
        now
    }

    fn interest(&self) -> MutexGuard<'_, Interest> {
        self.interest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch_whole(self: &Arc<Self>, tally: &Tally) -> Result<(), Trouble> {
        let all = 0..self.size().div_ceil(CHUNK);
        let starts: Vec<u64> = all.clone().step_by(LONGEST_OF_WHOLE as usize).collect();
        for some in starts.chunks(SIDE_BY_SIDE) {
            let parts = some.iter().map(|&start| {
                let part = start..(start + LONGEST_OF_WHOLE).min(all.end);
                let missing: Vec<u64> = part
                    .filter(|chunk| !self.cache.has(&self.kept, *chunk))
                    .collect();
                async move { self.fetch(&missing, LONGEST_OF_WHOLE, tally).await }
            });
            for part in join_all(parts).await {
                part?;
            }
        }
        Ok(())
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeMap<u64, (Range<u64>, Flight)>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The chunks of ranges, each once, in order.
fn wanted(ranges: &[Range<u64>]) -> Vec<u64> {
    let mut chunks: Vec<u64> = ranges.iter().flat_map(chunks_of).collect();
    chunks.sort_unstable();
    chunks.dedup();
    chunks
}

/// Sorted chunks as ranges to be asked for, with what is between near ones.
fn joined(chunks: &[u64], longest: u64) -> Vec<Range<u64>> {
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for &chunk in chunks {
        match ranges.last_mut() {
            Some(last) if chunk <= last.end + GAP && chunk < last.start + longest => {
                last.end = chunk + 1;
            }
            _ => ranges.push(chunk..chunk + 1),
        }
    }
    ranges
}

/// The bytes of ranges, out of the chunks that hold them.
fn cut(ranges: &[Range<u64>], chunks: &HashMap<u64, Bytes>) -> Result<Vec<u8>, Trouble> {
    let short = || Trouble::Failed("a source gave less than it said".into());
    let mut bytes = Vec::new();
    for range in ranges {
        for chunk in chunks_of(range) {
            let start = chunk * CHUNK;
            let from = range.start.saturating_sub(start) as usize;
            let to = (range.end - start).min(CHUNK) as usize;
            let part = chunks.get(&chunk).and_then(|chunk| chunk.get(from..to));
            bytes.extend_from_slice(part.ok_or_else(short)?);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)]
mod tests {
    use super::*;

    #[test]
    fn near_chunks_are_asked_for_together_and_far_ones_apart() {
        assert_eq!(joined(&[1, 2, 3, 7, 13, 14], 99), [1..8, 13..15]);
        assert_eq!(joined(&[], 99), []);
    }

    #[test]
    fn no_request_is_longer_than_allowed() {
        let chunks: Vec<u64> = (0..10).collect();
        assert_eq!(joined(&chunks, 4), [0..4, 4..8, 8..10]);
    }

    #[test]
    fn each_chunk_is_wanted_once() {
        assert_eq!(wanted(&[4095..4097, 0..1, 8192..8192]), [0, 1]);
    }

    #[test]
    fn ranges_are_cut_from_their_chunks() {
        let bytes = Bytes::from((0..=255u8).cycle().take(8192).collect::<Vec<u8>>());
        let chunks = HashMap::from([(0, bytes.slice(..4096)), (1, bytes.slice(4096..))]);
        let cut_out = cut(&[4090..4100, 3..4], &chunks).unwrap();
        assert_eq!(cut_out, [&bytes[4090..4100], &bytes[3..4]].concat());
        assert!(cut(&[8000..8200], &chunks).is_err());
    }
}
