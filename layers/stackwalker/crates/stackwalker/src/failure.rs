//! Every way a run can end without its JSON, with the exit code and the log line of each.
//!
//! Names, texts and codes of the first three are `minidump-stackwalk`'s, because callers read
//! them; the others stand for what that program does not know, and have codes of their own.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use minidump_processor::ProcessError;
use tracing::error;

/// Upstream's only code for a dump that cannot be read or walked.
const FAILED: u8 = 1;
/// `--limit-memory` was reached.
pub const MEMORY_LIMIT: u8 = 81;
/// `--limit-cpu` was reached.
pub const CPU_LIMIT: u8 = 82;
/// `--limit-output` was reached.
const OUTPUT_LIMIT: u8 = 83;
/// `--parent-pid` is not the parent.
const PARENT_GONE: u8 = 84;
/// A limit could not be put in force, so nothing was read.
pub const CONFINEMENT_FAILED: u8 = 85;
/// The JSON is whole, but a pack that it needed could not be read.
const UNREADABLE_PACKS: u8 = 86;
/// The broker went away, or a pack of its changed: another walk may well succeed.
const INTERRUPTED: u8 = 87;

/// Why there is no (complete) JSON.
#[derive(Debug)]
pub enum Failure {
    /// The file is missing, unreadable or no minidump.
    Read(minidump::Error),
    /// The minidump lacks what a walk needs.
    Process(ProcessError),
    /// The log or the output could not be written.
    Write { what: String, source: io::Error },
    /// So many modules were walked without their symbols, since their packs could not be read.
    UnreadablePacks(usize),
    /// The walk was not ended, for this reason: nothing was written.
    Interrupted(String),
    /// The JSON is longer than allowed (bytes).
    OutputLimit(u64),
    /// The parent is another process than the one that was to be.
    ParentGone { expected: i32, found: i32 },
    /// The kernel refused a limit.
    Confinement {
        what: &'static str,
        source: io::Error,
    },
}

impl Failure {
    /// A failure to write to `path`, or to standard output where there is none.
    pub fn write(path: Option<&Path>, source: io::Error) -> Self {
        let what = path.map_or_else(|| "standard output".into(), |p| p.display().to_string());
        Self::Write { what, source }
    }

    /// The broker cannot be talked to at all.
    pub fn connection(error: io::Error) -> Self {
        Self::Interrupted(format!(
            "the connection to the broker cannot be used: {error}"
        ))
    }

    /// Tells the reader of the log, or of standard error where upstream does so.
    pub fn report(&self) {
        match self {
            Self::Write { .. } if self.reader_left() => {}
            Self::Write { .. } => eprintln!("Error: {self}"),
            _ => error!("{} - {self}", self.name()),
        }
    }

    /// The code the parent sees.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Write { .. } if self.reader_left() => 0,
            Self::Read(_) | Self::Process(_) | Self::Write { .. } => FAILED,
            Self::OutputLimit(_) => OUTPUT_LIMIT,
            Self::ParentGone { .. } => PARENT_GONE,
            Self::Confinement { .. } => CONFINEMENT_FAILED,
            Self::UnreadablePacks(_) => UNREADABLE_PACKS,
            Self::Interrupted(_) => INTERRUPTED,
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Read(error) => error.name(),
            Self::Process(error) => error.name(),
            Self::Write { .. } => "WriteError",
            Self::OutputLimit(_) => "OutputLimit",
            Self::ParentGone { .. } => "ParentGone",
            Self::Confinement { .. } => "ConfinementFailed",
            Self::UnreadablePacks(_) => "UnreadablePacks",
            Self::Interrupted(_) => "Interrupted",
        }
    }

    /// Upstream's rule: a reader of standard output that has had enough is no failure.
    fn reader_left(&self) -> bool {
        matches!(self, Self::Write { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "Error reading dump: {error}"),
            Self::Process(error) => write!(f, "Error processing dump: {error}"),
            Self::Write { what, source } => write!(f, "cannot write {what}: {source}"),
            Self::OutputLimit(bytes) => {
                write!(
                    f,
                    "Error writing output: longer than --limit-output={bytes} bytes"
                )
            }
            Self::ParentGone { expected, found } => {
                write!(
                    f,
                    "the parent is process {found}, not --parent-pid={expected}"
                )
            }
            Self::Confinement { what, source } => write!(f, "cannot set {what}: {source}"),
            Self::Interrupted(why) => write!(f, "{why}; walk again"),
            Self::UnreadablePacks(modules) => {
                write!(
                    f,
                    "packs of {modules} modules cannot be read (named above); \
                     the output is whole, but lacks what they would have told"
                )
            }
        }
    }
}
