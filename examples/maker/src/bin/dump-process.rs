//! Writes the minidump of a process, running or dying:
//!
//! ```text
//! dump-process live PID FILE
//! dump-process crash SIGNAL FILE PROGRAM [ARGUMENT…]
//! ```
//!
//! `crash` runs PROGRAM with an empty environment until the signal of that number ends it; its
//! standard input is the socket on which it has to send its crash context.

use std::env;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use example_maker::death;
use minidump_writer::minidump_writer::MinidumpWriterConfig;

/// Long enough for a server to start, work for a while and die on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["live", pid, file] => live(pid, Path::new(file)),
        ["crash", signal, file, program, ref arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments);
            let signal = signal.parse().with_context(|| format!("{signal:?} is no signal"))?;
            write_whole(Path::new(file), &death::minidump_of(command, signal, PATIENCE)?)
        }
        _ => bail!("usage: dump-process live PID FILE | crash SIGNAL FILE PROGRAM [ARGUMENT…]"),
    }
}

/// Stops the process, writes what it is doing, and lets it go on.
fn live(pid: &str, file: &Path) -> Result<()> {
    let pid = pid.parse().with_context(|| format!("{pid:?} is no process id"))?;
    let minidump = MinidumpWriterConfig::new(pid, pid)
        .write(&mut Cursor::new(Vec::new()))
        .with_context(|| format!("cannot write the minidump of process {pid}"))?;
    write_whole(file, &minidump)
}

/// The file appears under its name when it is whole.
fn write_whole(file: &Path, minidump: &[u8]) -> Result<()> {
    let mut aside = file.as_os_str().to_owned();
    aside.push(".partial");
    let aside = PathBuf::from(aside);
    fs::write(&aside, minidump)
        .and_then(|()| File::open(&aside)?.sync_all())
        .and_then(|()| fs::rename(&aside, file))
        .with_context(|| format!("cannot write {}", file.display()))
}
