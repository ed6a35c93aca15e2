//! The system calls of a walk, as `strace` shows them over the corpus, and of its bad ends.
//!
//! A filter sees the numbers that a call is given and nothing that they point to.

use libc::{c_int, c_long};
use seccompiler::SeccompCmpOp::{self, Eq, MaskedEq};
use seccompiler::{BackendError, SeccompCmpArgLen::Dword, SeccompCondition, SeccompRule};

use crate::calls::Given::{Anything, Null, OneOf, Ourselves, Without};

/// Calls, and what they must be given.
pub(crate) type Calls = &'static [(c_long, Given)];

/// What a call must be given; the first number is the position of an argument.
pub(crate) enum Given {
    /// It does not matter.
    Anything,
    /// Null.
    Null(u8),
    /// One of these.
    OneOf(u8, &'static [c_int]),
    /// The number of this process.
    Ourselves(u8),
    /// None of these bits.
    Without(u8, c_int),
}

/// Flags of an opening that can change a file, or make one.
const TO_CHANGE: c_int = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC;

/// The first filter: what is left of the kernel.
pub(crate) const NEEDED: Calls = &[
    // Opening and looking at files.
    (libc::SYS_openat, Without(2, TO_CHANGE)),
    (libc::SYS_fstat, Anything),
    (libc::SYS_newfstatat, Anything),
    (libc::SYS_statx, Anything),
    // What is open: dump, output, log, statistics, packs, the broker's connection.
    (libc::SYS_close, Anything),
    (libc::SYS_ftruncate, Anything),
    (libc::SYS_lseek, Anything),
    (libc::SYS_pread64, Anything),
    (libc::SYS_read, Anything),
    (libc::SYS_readv, Anything),
    (libc::SYS_write, Anything),
    (libc::SYS_writev, Anything),
    (libc::SYS_fcntl, OneOf(1, &[libc::F_GETFD])),
    (libc::SYS_recvfrom, Null(4)),
    (libc::SYS_recvmsg, Anything),
    (libc::SYS_sendto, Null(4)),
    (libc::SYS_shutdown, Anything),
    // Memory, none of which can become code.
    (libc::SYS_brk, Anything),
    (libc::SYS_madvise, Anything),
    (libc::SYS_mmap, Without(2, libc::PROT_EXEC)),
    (libc::SYS_mprotect, Without(2, libc::PROT_EXEC)),
    (libc::SYS_mremap, Anything),
    (libc::SYS_munmap, Anything),
    // Threads: that of the broker's connection may still be at its beginning.
    (libc::SYS_futex, Anything),
    (libc::SYS_gettid, Anything),
    (libc::SYS_rseq, Anything),
    (libc::SYS_sched_getaffinity, Anything),
    (libc::SYS_sched_yield, Anything),
    (libc::SYS_set_robust_list, Anything),
    (libc::SYS_sigaltstack, Anything),
    // Signals: handlers, and `abort`.
    (libc::SYS_getpid, Anything),
    (libc::SYS_restart_syscall, Anything),
    (libc::SYS_rt_sigaction, Anything),
    (libc::SYS_rt_sigprocmask, Anything),
    (libc::SYS_rt_sigreturn, Anything),
    (libc::SYS_tgkill, Ourselves(0)),
    // Random numbers, and time where the kernel gives it by a call only.
    (libc::SYS_clock_gettime, Anything),
    (libc::SYS_getrandom, Anything),
    // Ends.
    (libc::SYS_exit, Anything),
    (libc::SYS_exit_group, Anything),
    // Names of threads and of memory, and the second filter.
    (
        libc::SYS_prctl,
        OneOf(
            0,
            &[
                libc::PR_SET_NAME,
                libc::PR_SET_VMA,
                libc::PR_SET_NO_NEW_PRIVS,
            ],
        ),
    ),
    (
        libc::SYS_seccomp,
        OneOf(0, &[libc::SECCOMP_SET_MODE_FILTER as c_int]),
    ),
];

/// The second filter: what it takes away.
pub(crate) const OPENING: Calls = &[(libc::SYS_openat, Anything), (libc::SYS_seccomp, Anything)];

impl Given {
    /// The rules, any of which may hold; none if it does not matter.
    pub(crate) fn rules(&self) -> Result<Vec<SeccompRule>, BackendError> {
        let conditions = match *self {
            Anything => return Ok(Vec::new()),
            Null(position) => return Ok(vec![null(position)?]),
            OneOf(position, of) => of.iter().map(|n| number(position, Eq, *n)).collect(),
            Ourselves(position) => vec![number(position, Eq, std::process::id().cast_signed())],
            Without(position, bits) => {
                vec![number(
                    position,
                    MaskedEq(u64::from(bits.cast_unsigned())),
                    0,
                )]
            }
        };
        let rules = conditions.into_iter().map(|is| SeccompRule::new(vec![is?]));
        rules.collect()
    }
}

fn null(position: u8) -> Result<SeccompRule, BackendError> {
    let whole = seccompiler::SeccompCmpArgLen::Qword;
    SeccompRule::new(vec![SeccompCondition::new(position, whole, Eq, 0)?])
}

/// A number of the length that the kernel looks at.
fn number(position: u8, is: SeccompCmpOp, value: c_int) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(position, Dword, is, value.cast_unsigned().into())
}
