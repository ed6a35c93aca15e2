//! The command line as it was typed; `request` turns it into what is to be done.
//!
//! Names and defaults are those of `minidump-stackwalk`, so that a caller of that program can call
//! this one. The flags under "Limits" are ours.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, ValueEnum};
use tracing::level_filters::LevelFilter;

/// Our version and that of the crates whose output this is.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (rust-minidump 0.27.0)");

/// Walk the stacks of a minidump and write them as JSON
#[derive(Debug, Parser)]
#[command(version = VERSION)]
pub struct Flags {
    /// Minidump to walk
    pub minidump: PathBuf,

    /// Folder of Breakpad symbol files, as with --symbols-path
    #[arg(value_name = "SYMBOLS_PATH")]
    pub symbols_path_legacy: Vec<PathBuf>,

    /// Folder of Breakpad symbol files: <debug file>/<DEBUG ID>/<name>.sym (may be repeated)
    #[arg(long, value_name = "DIR")]
    pub symbols_path: Vec<PathBuf>,

    /// Folder of packs: <debug file>/<DEBUG ID>/<name>.pack (may be repeated); for each module packs
    /// are looked at before symbol files
    #[arg(long, value_name = "DIR")]
    pub packs: Vec<PathBuf>,

    /// Descriptor of a connection to the symbol broker, on which `Hello` was said: packs come from
    /// there
    #[arg(long, value_name = "FD", conflicts_with = "packs")]
    #[arg(value_parser = clap::value_parser!(i32).range(3..))]
    pub broker_fd: Option<i32>,

    /// What symbol servers told of modules whose dump gives a code file and its id only: a JSON
    /// object from <code file>/<CODE ID>/<name>.sym to <debug file>/<DEBUG ID>/<name>.sym
    #[arg(long, value_name = "FILE")]
    pub debug_info: Option<PathBuf>,

    /// Write JSON: the only format there is, and so the default
    #[arg(long)]
    pub json: bool,

    /// Indent the JSON
    #[arg(long)]
    pub pretty: bool,

    /// Annotations of the crash, a JSON object, for what the dump does not tell
    #[arg(long, value_name = "FILE")]
    pub evil_json: Option<PathBuf>,

    /// How much to analyse
    #[arg(long, value_enum, default_value = "stable-basic")]
    pub features: Features,

    /// Accepted as upstream does; it changes reports for people only, never the JSON
    #[arg(long)]
    pub recover_function_args: bool,

    /// Where the JSON goes [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Where to write, as JSON, what the walk cost
    #[arg(long, value_name = "FILE")]
    pub stats_file: Option<PathBuf>,

    /// Where the log goes [default: standard error]
    #[arg(long, value_name = "FILE")]
    pub log_file: Option<PathBuf>,

    /// Least severe level that is logged
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "error")]
    pub verbose: Verbosity,

    /// No colours in a log on standard error (a log file never has any)
    #[arg(long)]
    pub no_color: bool,

    /// Accepted as upstream does; there is never a progress display here
    #[arg(long)]
    pub no_interactive: bool,

    #[command(flatten)]
    pub limits: LimitFlags,

    #[command(flatten)]
    pub refused: RefusedFlags,
}

/// What the parent process allows; without a flag there is no such limit.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitFlags {
    /// End with exit code 81 rather than hold more memory than this
    #[arg(long, value_name = "BYTES", value_parser = at_least_one())]
    pub limit_memory: Option<u64>,

    /// End with exit code 82 after so much processor time
    #[arg(long, value_name = "SECONDS", value_parser = at_least_one())]
    pub limit_cpu: Option<u64>,

    /// End with exit code 83 rather than write more JSON than this; bounds the log file too
    #[arg(long, value_name = "BYTES", value_parser = at_least_one())]
    pub limit_output: Option<u64>,

    /// Give up, before the dump is read, everything but what is open by then and reading the files
    /// that are named above; exit code 85 if the kernel cannot do that
    #[arg(long)]
    pub confine: bool,

    /// Process that must be the parent; this one is killed when it dies
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(i32).range(1..))]
    pub parent_pid: Option<i32>,
}

/// Flags of `minidump-stackwalk` that would change what happens and are not served here: they are
/// known, so that they can be refused with the reason.
#[derive(Args, Debug)]
pub struct RefusedFlags {
    #[arg(long, hide = true)]
    pub symbols_url: Vec<OsString>,
    #[arg(long, hide = true)]
    pub symbols_cache: Option<OsString>,
    #[arg(long, hide = true)]
    pub symbols_tmp: Option<OsString>,
    #[arg(long, hide = true)]
    pub symbols_download_timeout_secs: Option<OsString>,
    #[arg(long, hide = true)]
    pub use_local_debuginfo: bool,
    #[arg(long, hide = true)]
    pub human: bool,
    #[arg(long, hide = true)]
    pub cyborg: Option<OsString>,
    #[arg(long, hide = true)]
    pub dump: bool,
    #[arg(long, hide = true)]
    pub brief: bool,
}

/// Upstream's presets of `ProcessorOptions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Features {
    StableBasic,
    StableAll,
    UnstableAll,
}

/// Upstream's log levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Verbosity {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl From<Verbosity> for LevelFilter {
    fn from(verbosity: Verbosity) -> Self {
        match verbosity {
            Verbosity::Off => Self::OFF,
            Verbosity::Error => Self::ERROR,
            Verbosity::Warn => Self::WARN,
            Verbosity::Info => Self::INFO,
            Verbosity::Debug => Self::DEBUG,
            Verbosity::Trace => Self::TRACE,
        }
    }
}

fn at_least_one() -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(1..)
}
