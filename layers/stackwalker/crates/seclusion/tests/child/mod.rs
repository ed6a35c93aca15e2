//! A child that is confined and then tries something.
//!
//! It is forked rather than started: a program needs, to start, what is forbidden here.

use std::ffi::c_int;
use std::io;

use moonwalk_seclusion::{allow_few_calls, forbid_opening};

/// What a child exits with if there is no error, whose number it would be.
pub const WENT_WELL: c_int = 0;
/// An error of no call.
const NO_ERRNO: c_int = 200;
/// The confinement failed.
pub const NOT_CONFINED: c_int = 201;

/// How a child fares with `attempt` once it has gone through `confine`.
pub fn fares(
    confine: impl FnOnce() -> io::Result<()>,
    attempt: impl FnOnce() -> io::Result<()>,
) -> c_int {
    // SAFETY: the child goes on in this thread alone, and ends without running anything of others.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let code = match (confine(), attempt) {
            (Err(_), _) => NOT_CONFINED,
            (Ok(()), attempt) => match attempt() {
                Ok(()) => WENT_WELL,
                Err(error) => error.raw_os_error().unwrap_or(NO_ERRNO),
            },
        };
        // SAFETY: it only ends the process.
        unsafe { libc::_exit(code) }
    }
    let mut status = 0;
    // SAFETY: the status is ours to write to.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert!(
        libc::WIFEXITED(status),
        "the child ended by a signal: {status}"
    );
    libc::WEXITSTATUS(status)
}

/// Both filters.
pub fn no_opening() -> io::Result<()> {
    allow_few_calls()?;
    forbid_opening()
}
