//! What was done, for each walk and in all.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
    /// Microseconds in which at least one question waited for sources, of all walks the sum.
    BlockedMicroseconds,
    /// Microseconds that requests took.
    FetchMicroseconds,
    /// The longest chain of requests of which each was asked for with the answer to the one before
    /// at hand; of all walks, the longest of any.
    Chain,
}

const NAMES: [(&str, Figure); 14] = [
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
    ("blocked_microseconds", Figure::BlockedMicroseconds),
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
    waiting: Arc<Mutex<Waiting>>,
}

/// Questions of a connection that wait for sources, and since when there are any.
#[derive(Debug, Default)]
struct Waiting {
    questions: u32,
    since: Option<Instant>,
}

/// A question that waits for sources, until it is dropped.
pub struct Wait<'a> {
    tally: &'a Tally,
    since: Instant,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let tally = self.tally;
        tally.time(Figure::WaitMicroseconds, self.since.elapsed());
        let mut waiting = tally.waiting();
        waiting.questions -= 1;
        if waiting.questions == 0
            && let Some(since) = waiting.since.take()
        {
            tally.time(Figure::BlockedMicroseconds, since.elapsed());
        }
    }
}

impl Tally {
    /// A question waits for sources from now on.
    pub fn wait(&self) -> Wait<'_> {
        let since = Instant::now();
        let mut waiting = self.waiting();
        waiting.questions += 1;
        waiting.since.get_or_insert(since);
        Wait { tally: self, since }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

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
            waiting: Arc::default(),
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
    fn waits_side_by_side_are_added_up_and_block_a_walk_once() {
        let figures = Figures::default();
        let tally = figures.tally("a");
        let first = tally.wait();
        let question = tally.question();
        let second = question.wait();
        std::thread::sleep(Duration::from_millis(20));
        drop(first);
        assert_eq!(figures.of_all()["blocked_microseconds"], 0);
        drop(second);
        let told = figures.of_walk("a");
        let count = |name: &str| told[name].as_u64().unwrap_or_default();
        assert!(count("blocked_microseconds") >= 20_000);
        assert!(count("wait_microseconds") >= 40_000);
        assert!(count("blocked_microseconds") < count("wait_microseconds"));
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
