//! One log line and an exit code from where nothing else works any more.
//!
//! When memory has run out nothing can be allocated, and in a signal handler no lock may be taken.
//! So the lines are made beforehand, and speaking them is one `write` and one `_exit`.

use std::os::fd::{BorrowedFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use nix::libc;
use nix::unistd;

const NO_LOG: RawFd = -1;

static LOG: AtomicI32 = AtomicI32::new(NO_LOG);
static COLOR: AtomicBool = AtomicBool::new(false);

/// An ending that was foreseen: the line to log and the code to exit with.
pub struct LastWords {
    exit_code: u8,
    line: OnceLock<Box<[u8]>>,
}

/// Where last words are logged; until this is called they are an exit code only.
///
/// The descriptor has to stay open as long as the process lives.
pub fn log_to(descriptor: RawFd, color: bool) {
    COLOR.store(color, Ordering::Relaxed);
    LOG.store(descriptor, Ordering::Release);
}

impl LastWords {
    pub const fn new(exit_code: u8) -> Self {
        Self {
            exit_code,
            line: OnceLock::new(),
        }
    }

    /// Makes the line ready. The first call counts, as the limits are set once.
    pub fn prepare(&self, message: &str) {
        let level = if COLOR.load(Ordering::Relaxed) {
            "\u{1b}[31mERROR\u{1b}[0m"
        } else {
            "ERROR"
        };
        self.line
            .get_or_init(|| format!("{level} {message}\n").into_bytes().into());
    }

    /// Whether `prepare` was called, that is whether this ending can come.
    pub fn prepared(&self) -> bool {
        self.line.get().is_some()
    }

    /// Logs the line and ends the process; async-signal-safe, allocates nothing.
    pub fn speak(&self) -> ! {
        let descriptor = LOG.load(Ordering::Acquire);
        if let (Some(line), true) = (self.line.get(), descriptor != NO_LOG) {
            // SAFETY: `log_to` was given a descriptor that stays open.
            let log = unsafe { BorrowedFd::borrow_raw(descriptor) };
            // A line that cannot be written must not keep the exit code from the parent.
            let _ = unistd::write(log, line);
        }
        // SAFETY: `_exit` runs no destructor and no handler; it only ends the process.
        unsafe { libc::_exit(self.exit_code.into()) }
    }
}
