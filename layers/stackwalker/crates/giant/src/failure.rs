//! Every way a run can end without what was asked for, with its one line and its exit code.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A file cannot be read, used or written.
const FAILED: u8 = 1;
/// The command line cannot be served.
pub const USAGE: u8 = 2;

/// Why there is no result.
#[derive(Debug)]
pub enum Failure {
    /// A file cannot be read.
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file, or standard output, cannot be written; nothing is left under its name.
    Write {
        /// The file, or what stands for it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is no Breakpad symbol file, or not one that serves.
    NoSymbols {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The stacks of one dump do not fit into a minidump.
    TooMuchStack,
    /// There is no memory for the compressor.
    Memory(io::Error),
}

impl Failure {
    /// `path` cannot be read.
    pub fn read(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Read { path, source }
    }

    /// `path` cannot be written.
    pub fn write(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Write { path, source }
    }

    /// `path` cannot serve as a symbol file.
    pub fn no_symbols(path: &Path, why: &'static str) -> Self {
        let path = path.to_owned();
        Self::NoSymbols { path, why }
    }

    /// What the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(FAILED)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, source } => write!(out, "cannot read {}: {source}", path.display()),
            Self::Write { path, source } => {
                write!(out, "cannot write {}: {source}", path.display())
            }
            Self::NoSymbols { path, why } => write!(
                out,
                "{} does not serve as a Breakpad symbol file: {why}",
                path.display()
            ),
            Self::TooMuchStack => out.write_str(
                "the stacks of one dump are above 1 GiB: ask for fewer threads or less depth",
            ),
            Self::Memory(source) => write!(out, "no memory to measure with: {source}"),
        }
    }
}

impl std::error::Error for Failure {}
