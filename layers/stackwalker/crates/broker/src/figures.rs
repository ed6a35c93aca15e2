//! What was done, for each walk and in all.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

/// Walks whose figures are kept until somebody asks for them.
const WALKS: usize = 4096;

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Packs that were asked for.
    Opens,
    /// Packs that no source had.
    Absent,
    /// Questions that a source's failure left without an answer.
    Failures,
    /// Requests to sources, each with all its tries.
    Requests,
    /// Bytes that came from sources.
    SourceBytes,
    /// Bytes that were at hand in memory.
    MemoryBytes,
    /// Bytes that were at hand on disk.
    DiskBytes,
    /// Packs that were given as a whole, to be read from the disk.
    WholePacks,
    /// Chunks that were at hand.
    Hits,
    /// Chunks that were not.
    Misses,
    /// Microseconds that questions waited for sources, side by side.
    WaitMicroseconds,
    /// Microseconds that requests took.
    FetchMicroseconds,
    /// The longest chain of requests of which each was asked for with the answer to the one before
    /// at hand; of all walks, the longest of any.
    Chain,
}

const NAMES: [(&str, Figure); 13] = [
    ("opens", Figure::Opens),
    ("absent", Figure::Absent),
    ("failures", Figure::Failures),
    ("requests", Figure::Requests),
    ("source_bytes", Figure::SourceBytes),
    ("memory_bytes", Figure::MemoryBytes),
    ("disk_bytes", Figure::DiskBytes),
    ("whole_packs", Figure::WholePacks),
    ("hits", Figure::Hits),
    ("misses", Figure::Misses),
    ("wait_microseconds", Figure::WaitMicroseconds),
    ("fetch_microseconds", Figure::FetchMicroseconds),
    ("chain", Figure::Chain),
];

/// A count of everything.
#[derive(Debug, Default)]
pub struct Counts([AtomicU64; NAMES.len()]);

impl Counts {
    fn add(&self, figure: Figure, count: u64) {
        self.0[figure as usize].fetch_add(count, Ordering::Relaxed);
    }

    fn raise(&self, figure: Figure, least: u64) {
        self.0[figure as usize].fetch_max(least, Ordering::Relaxed);
    }

    /// By name.
    pub fn json(&self) -> Map<String, Value> {
        NAMES
            .iter()
            .map(|(name, figure)| {
                let count = self.0[*figure as usize].load(Ordering::Relaxed);
                ((*name).to_owned(), count.into())
            })
            .collect()
    }
}

/// Counts for one walk, and for all.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The walk's name.
    pub walk: Arc<str>,
    own: Arc<Counts>,
    all: Arc<Counts>,
    rounds: Arc<AtomicU64>,
}

impl Tally {
    /// The same, with rounds of its own.
    pub fn question(&self) -> Self {
        Self {
            rounds: Arc::default(),
            ..self.clone()
        }
    }

    /// Counts requests that are made at once, and waited for.
    pub fn round(&self) {
        self.rounds.fetch_add(1, Ordering::Relaxed);
    }

    /// Rounds so far.
    pub fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Relaxed)
    }

    /// Sees to it that a figure is at least this.
    pub fn raise(&self, figure: Figure, least: u64) {
        self.own.raise(figure, least);
        self.all.raise(figure, least);
    }

    /// Adds to a figure.
    pub fn add(&self, figure: Figure, count: u64) {
        self.own.add(figure, count);
        self.all.add(figure, count);
    }

    /// Adds a time.
    pub fn time(&self, figure: Figure, time: Duration) {
        self.add(figure, u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }
}

/// The figures of this process.
#[derive(Debug, Default)]
pub struct Figures {
    all: Arc<Counts>,
    walks: Mutex<HashMap<Arc<str>, Arc<Counts>>>,
}

impl Figures {
    /// Counts for a walk. A walk may have several connections.
    pub fn tally(&self, walk: &str) -> Tally {
        let mut walks = self.walks();
        if walks.len() >= WALKS {
            // Whoever starts that many walks and never asks has no use for figures.
            walks.clear();
        }
        let walk: Arc<str> = walk.into();
        let own = walks.entry(walk.clone()).or_default().clone();
        Tally {
            walk,
            own,
            all: self.all.clone(),
            rounds: Arc::default(),
        }
    }

    /// The figures of a walk, which are forgotten.
    pub fn of_walk(&self, walk: &str) -> Map<String, Value> {
        let counts = self.walks().remove(walk);
        counts
            .map(|counts| counts.deref().json())
            .unwrap_or_default()
    }

    /// Those of all walks.
    pub fn of_all(&self) -> Map<String, Value> {
        self.all.json()
    }

    fn walks(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Counts>>> {
        self.walks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_their_figures_do() {
        for (at, (_, figure)) in NAMES.iter().enumerate() {
            assert_eq!(*figure as usize, at);
        }
    }

    #[test]
    fn what_a_walk_did_is_told_once_and_counted_for_all() {
        let figures = Figures::default();
        figures.tally("a").add(Figure::Requests, 2);
        figures.tally("b").add(Figure::Requests, 3);
        assert_eq!(figures.of_walk("a")["requests"], 2);
        assert!(figures.of_walk("a").is_empty());
        assert_eq!(figures.of_all()["requests"], 5);
    }
}
