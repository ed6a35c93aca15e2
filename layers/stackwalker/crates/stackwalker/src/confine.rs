//! The limits a run puts on itself before it opens any input.
//!
//! What only the parent can do is left to it: the wall clock, the process group, the environment.

use std::io;

use nix::libc::c_int;
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::getppid;

use crate::failure::{CPU_LIMIT, Failure};
use crate::last_words::LastWords;
use crate::memory;
use crate::request::Limits;

/// Seconds between our own end by `SIGXCPU` and the kernel's `SIGKILL`.
const CPU_GRACE: u64 = 2;

static OUT_OF_TIME: LastWords = LastWords::new(CPU_LIMIT);

/// Puts the limits in force; they hold until the process ends.
pub fn apply(limits: &Limits) -> Result<(), Failure> {
    limits.parent.map_or(Ok(()), die_with_parent)?;
    // A core of this process would be a copy of somebody's crash.
    lower(Resource::RLIMIT_CORE, "RLIMIT_CORE", 0, 0)?;
    limits.cpu.map_or(Ok(()), limit_cpu)?;
    limits.output.map_or(Ok(()), limit_files)?;
    limits.memory.map_or(Ok(()), limit_memory)
}

fn die_with_parent(expected: i32) -> Result<(), Failure> {
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(|errno| failed("PR_SET_PDEATHSIG", errno))?;
    // A parent that died before the call above sends no signal any more.
    match getppid().as_raw() {
        found if found == expected => Ok(()),
        found => Err(Failure::ParentGone { expected, found }),
    }
}

fn limit_cpu(seconds: u64) -> Result<(), Failure> {
    OUT_OF_TIME.prepare(&format!(
        "CpuLimit - Error processing dump: needs more processor time than --limit-cpu={seconds} s"
    ));
    handle(Signal::SIGXCPU, SigHandler::Handler(out_of_time))?;
    lower(
        Resource::RLIMIT_CPU,
        "RLIMIT_CPU",
        seconds,
        seconds.saturating_add(CPU_GRACE),
    )
}

extern "C" fn out_of_time(_signal: c_int) {
    OUT_OF_TIME.speak();
}

fn limit_files(bytes: u64) -> Result<(), Failure> {
    // Ignored, the write that goes too far is refused with EFBIG instead of ending the process.
    handle(Signal::SIGXFSZ, SigHandler::SigIgn)?;
    lower(Resource::RLIMIT_FSIZE, "RLIMIT_FSIZE", bytes, bytes)
}

fn limit_memory(bytes: u64) -> Result<(), Failure> {
    memory::expect_limit(bytes);
    lower(Resource::RLIMIT_DATA, "RLIMIT_DATA", bytes, bytes)
}

fn handle(signal: Signal, handler: SigHandler) -> Result<(), Failure> {
    let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    // SAFETY: the only handler given here is `out_of_time`, which is async-signal-safe.
    unsafe { sigaction(signal, &action) }
        .map(drop)
        .map_err(|errno| failed("a signal handler", errno))
}

/// Lowers a limit; one that the parent set lower still stays as it is.
fn lower(resource: Resource, name: &'static str, soft: u64, hard: u64) -> Result<(), Failure> {
    getrlimit(resource)
        .and_then(|(_, allowed)| setrlimit(resource, soft.min(allowed), hard.min(allowed)))
        .map_err(|errno| failed(name, errno))
}

fn failed(what: &'static str, errno: nix::Error) -> Failure {
    Failure::Confinement {
        what,
        source: io::Error::from(errno),
    }
}
