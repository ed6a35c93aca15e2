//! Adds up the time between many starts and stops.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Time measured so far.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch {
    nanoseconds: AtomicU64,
}

/// Counts the time until it is dropped.
pub(crate) struct Running<'a> {
    stopwatch: &'a Stopwatch,
    since: Instant,
}

impl Stopwatch {
    pub(crate) fn run(&self) -> Running<'_> {
        Running {
            stopwatch: self,
            since: Instant::now(),
        }
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.nanoseconds.load(Ordering::Relaxed) as f64 / 1e9
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let passed = self.since.elapsed().as_nanos() as u64;
        let sum = &self.stopwatch.nanoseconds;
        sum.fetch_add(passed, Ordering::Relaxed);
    }
}
