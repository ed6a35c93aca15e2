//! A bar on the terminal for builds that take a while.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, Scope, Thread};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A build that is done before this needs no bar.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(100);
const LOOK: &str = "{bar:32} {percent:>3}% {bytes} of {total_bytes}, {eta} left";

/// How far a build is, in bytes of text; each counts twice, as there are two passes.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Where packing adds what it did.
    pub(crate) done: AtomicU64,
}

impl Progress {
    /// Of so many bytes of text, as far as is known before compressed ones are unpacked.
    pub(crate) fn of(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes * 2), ProgressDrawTarget::hidden());
        bar.set_style(ProgressStyle::with_template(LOOK).expect("the template is sound"));
        Self {
            bar,
            done: AtomicU64::new(0),
        }
    }

    /// Says that a text turned out to be longer than its file.
    pub(crate) fn more(&self, bytes: u64) {
        self.bar.inc_length(bytes * 2);
    }

    /// Shows the bar, if standard error is a terminal, as long as what is given back lives.
    pub(crate) fn show<'scope, 'env>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
    ) -> Shown<'env> {
        let begun = Instant::now();
        let ticker = scope.spawn(move || {
            while !self.bar.is_finished() {
                thread::park_timeout(STEP);
                if self.bar.is_hidden() && begun.elapsed() >= PATIENCE {
                    self.bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                self.bar.set_position(self.done.load(Ordering::Relaxed));
            }
            self.bar.finish_and_clear();
        });
        Shown {
            bar: &self.bar,
            ticker: ticker.thread().clone(),
        }
    }

    /// Writes a line to standard output, above the bar. Nobody need be reading it.
    pub(crate) fn line(&self, line: &str) {
        self.bar.suspend(|| {
            let _ = writeln!(io::stdout(), "{line}");
        });
    }

    /// Does what writes to standard error, above the bar.
    pub(crate) fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

/// Takes the bar away when it goes, also if that is by a panic.
pub(crate) struct Shown<'a> {
    bar: &'a ProgressBar,
    ticker: Thread,
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.ticker.unpark();
    }
}
