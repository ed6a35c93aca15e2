//! Adds up the time between many starts and stops: all of it, or that without the processor.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

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

/// Counts the time until it is dropped, without that of the processor.
pub(crate) struct Blocked<'a> {
    stopwatch: &'a Stopwatch,
    since: Instant,
    computed: Duration,
}

impl Stopwatch {
    pub(crate) fn run(&self) -> Running<'_> {
        Running {
            stopwatch: self,
            since: Instant::now(),
        }
    }

    /// Counts what this thread does not compute of the time until the answer is dropped.
    pub(crate) fn block(&self) -> Blocked<'_> {
        Blocked {
            stopwatch: self,
            since: Instant::now(),
            computed: computed(),
        }
    }

    fn add(&self, time: Duration) {
        let nanoseconds = time.as_nanos() as u64;
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.nanoseconds.load(Ordering::Relaxed) as f64 / 1e9
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.stopwatch.add(self.since.elapsed());
    }
}

impl Drop for Blocked<'_> {
    fn drop(&mut self) {
        let computing = computed().saturating_sub(self.computed);
        let blocked = self.since.elapsed().saturating_sub(computing);
        self.stopwatch.add(blocked);
    }
}

/// The processor's time that this thread has taken.
fn computed() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
