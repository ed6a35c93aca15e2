//! Filters of system calls (seccomp), for all threads of the process.

use std::env::consts::ARCH;
use std::io;

use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompFilter, TargetArch, apply_filter_all_threads,
};

use crate::calls::{Calls, NEEDED, OPENING};

/// What a call is answered that is not allowed. Not an end by signal: upstream's code, or glibc's,
/// may try a thing for which it has a substitute, and an end would say less than an error.
const REFUSED: SeccompAction = SeccompAction::Errno(libc::EPERM as u32);

/// From now on only the calls of a walk are allowed: nothing that makes a socket, a process or a
/// thread, runs a program, changes a file system, or opens a file for anything but reading.
///
/// # Errors
/// The kernel refuses.
pub fn allow_few_calls() -> io::Result<()> {
    put(NEEDED, REFUSED, SeccompAction::Allow)
}

/// From now on no file can be opened, nor a further filter be put on.
///
/// # Errors
/// The kernel refuses.
pub fn forbid_opening() -> io::Result<()> {
    put(OPENING, SeccompAction::Allow, REFUSED)
}

fn put(calls: Calls, others: SeccompAction, these: SeccompAction) -> io::Result<()> {
    let program = program(calls, others, these).map_err(io::Error::other)?;
    apply_filter_all_threads(&program).map_err(|error| match error {
        Error::Prctl(error) | Error::Seccomp(error) => error,
        error => io::Error::other(error),
    })
}

fn program(calls: Calls, others: SeccompAction, these: SeccompAction) -> Result<BpfProgram, Error> {
    let rules = calls.iter().map(|(call, conditions)| {
        let rules = conditions.rules()?;
        Ok((*call, rules))
    });
    let rules = rules.collect::<Result<_, Error>>()?;
    let filter = SeccompFilter::new(rules, others, these, TargetArch::try_from(ARCH)?)?;
    Ok(filter.try_into()?)
}
