//! Runs a program until a fatal signal ends it, and writes its minidump in between.

use std::io::{Cursor, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{io, mem};

use anyhow::{Context, Result, anyhow, bail};
use crash_context::CrashContext;
use minidump_writer::CrashContextExt;
use minidump_writer::minidump_writer::MinidumpWriterConfig;

/// Runs `program`, which tells of its fatal signal as `darkroom/crash_client.cpp` does, and returns
/// its minidump. `patience` should be far above what the program needs to reach its end.
///
/// # Errors
/// The program does not start, sends no crash context in time, or ends other than by `signal`.
pub fn minidump_of(program: Command, signal: i32, patience: Duration) -> Result<Vec<u8>> {
    let (mut socket, for_program) = UnixStream::pair()?;
    socket.set_read_timeout(Some(patience))?;
    let mut child = start(program, for_program)?;
    let minidump = dump_when_it_crashes(&mut socket, &child);
    if minidump.is_err() {
        child.kill()?;
    }
    let status = child.wait()?;
    let minidump = minidump?;
    ended_by(status, signal)?;
    Ok(minidump)
}

fn ended_by(status: ExitStatus, signal: i32) -> Result<()> {
    if status.signal() != Some(signal) {
        bail!("the program ended with {status}, not by signal {signal}");
    }
    Ok(())
}

/// Starts `program` with `socket` as its standard input, and nothing of the maker's surroundings:
/// environment, working directory and open files are all part of a minidump.
fn start(mut program: Command, socket: UnixStream) -> Result<Child> {
    program
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(socket)))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // SAFETY: the closure makes three system calls and touches no memory of the parent.
    unsafe {
        program.pre_exec(|| {
            close_other_files()?;
            forbid_core_file()?;
            end_with_parent()
        })
    };
    program
        .spawn()
        .with_context(|| format!("cannot start {}", program.get_program().to_string_lossy()))
}

fn close_other_files() -> io::Result<()> {
    // SAFETY: only marks descriptors; the standard library's own ones still work until exec.
    let result = unsafe {
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn forbid_core_file() -> io::Result<()> {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `none` outlives the call.
    let result = unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A server that nobody watches any more would run for ever.
fn end_with_parent() -> io::Result<()> {
    // SAFETY: no memory is involved.
    let result = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn dump_when_it_crashes(socket: &mut UnixStream, child: &Child) -> Result<Vec<u8>> {
    let mut bytes = [0; mem::size_of::<CrashContext>()];
    socket.read_exact(&mut bytes).context("the program sent no crash context")?;
    let context = CrashContext::from_bytes(&bytes)
        .ok_or_else(|| anyhow!("the crash context has a size of its own"))?;
    if u32::try_from(context.pid) != Ok(child.id()) {
        bail!("the crash context is that of process {}, not {}", context.pid, child.id());
    }
    let mut writer = MinidumpWriterConfig::new(context.pid, context.tid);
    writer.set_crash_context(CrashContextExt { inner: context });
    let minidump =
        writer.write(&mut Cursor::new(Vec::new())).context("cannot write the minidump")?;
    socket.write_all(&[1])?;
    Ok(minidump)
}
