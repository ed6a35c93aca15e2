//! What one run has to do: the command line, checked and lowered.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use moonwalk_symbols::DebugInfo;
use tracing::level_filters::LevelFilter;

use crate::connection::inherited;
use crate::debug_info;
use crate::flags::{Features, Flags, LimitFlags, RefusedFlags};

const NO_SYMBOL_SERVER: &str =
    "is not available: what reads dumps has no network; see moonwalk walk --symbols-url";
const JSON_ONLY: &str =
    "is not available: this program writes JSON only; for other reports use minidump-stackwalk";
const NO_LOCAL_FILES: &str =
    "is not available: a dump does not get to choose which files of this machine are read";

/// Everything a run needs to know.
#[derive(Debug)]
pub struct Request {
    pub minidump: PathBuf,
    /// Folders of packs, looked at in this order before any symbol file.
    pub packs: Vec<PathBuf>,
    /// Where packs come from instead.
    pub broker: Option<UnixStream>,
    /// Searched in this order, the first that has the file wins.
    pub symbols_paths: Vec<PathBuf>,
    /// Debug files and ids that the dump does not tell.
    pub debug_info: DebugInfo,
    pub evil_json: Option<PathBuf>,
    pub features: Features,
    pub recover_function_args: bool,
    pub output_file: Option<PathBuf>,
    pub pretty: bool,
    pub stats_file: Option<PathBuf>,
    pub log: LogSettings,
    pub limits: Limits,
}

/// Where log lines go, which, and how they look.
#[derive(Debug)]
pub struct LogSettings {
    pub file: Option<PathBuf>,
    pub level: LevelFilter,
    pub color: bool,
}

/// What the process may use; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of heap and other private memory. Files that are mapped to be read do not count.
    pub memory: Option<u64>,
    /// Seconds of processor time, user and system.
    pub cpu: Option<u64>,
    /// Bytes of JSON, and of any single file written.
    pub output: Option<u64>,
    pub parent: Option<i32>,
    /// Nothing but what is open, and reading what the command line names.
    pub confine: bool,
}

impl Request {
    /// Reads the process's own command line; ends the process for `--help`, `--version` (exit
    /// code 0) and for what cannot be done (exit code 2, the reason on standard error).
    pub fn from_command_line() -> Self {
        Self::lower(Flags::parse()).unwrap_or_else(|error| error.exit())
    }

    fn lower(flags: Flags) -> Result<Self, clap::Error> {
        if let Some((flag, reason)) = flags.refused.first() {
            let message = format!("{flag} {reason}");
            return Err(Flags::command().error(ErrorKind::UnknownArgument, message));
        }
        let broker = flags.broker_fd.map(inherited).transpose();
        let broker = broker.map_err(|reason| {
            let message = format!("--broker-fd {reason}");
            Flags::command().error(ErrorKind::InvalidValue, message)
        })?;
        let debug_info = flags
            .debug_info
            .as_deref()
            .map(debug_info::read)
            .transpose();
        let debug_info = debug_info.map_err(|reason| {
            let message = format!("--debug-info {reason}");
            Flags::command().error(ErrorKind::InvalidValue, message)
        })?;
        let mut symbols_paths = flags.symbols_path;
        symbols_paths.extend(flags.symbols_path_legacy);
        Ok(Self {
            minidump: flags.minidump,
            packs: flags.packs,
            broker,
            symbols_paths,
            debug_info: debug_info.unwrap_or_default(),
            evil_json: flags.evil_json,
            features: flags.features,
            recover_function_args: flags.recover_function_args,
            output_file: flags.output_file,
            pretty: flags.pretty,
            stats_file: flags.stats_file,
            log: LogSettings {
                color: flags.log_file.is_none() && !flags.no_color,
                file: flags.log_file,
                level: flags.verbose.into(),
            },
            limits: flags.limits.into(),
        })
    }
}

impl From<LimitFlags> for Limits {
    fn from(flags: LimitFlags) -> Self {
        Self {
            memory: flags.limit_memory,
            cpu: flags.limit_cpu,
            output: flags.limit_output,
            parent: flags.parent_pid,
            confine: flags.confine,
        }
    }
}

impl RefusedFlags {
    fn first(&self) -> Option<(&'static str, &'static str)> {
        let timeout = self.symbols_download_timeout_secs.is_some();
        [
            (
                !self.symbols_url.is_empty(),
                "--symbols-url",
                NO_SYMBOL_SERVER,
            ),
            (
                self.symbols_cache.is_some(),
                "--symbols-cache",
                NO_SYMBOL_SERVER,
            ),
            (
                self.symbols_tmp.is_some(),
                "--symbols-tmp",
                NO_SYMBOL_SERVER,
            ),
            (timeout, "--symbols-download-timeout-secs", NO_SYMBOL_SERVER),
            (
                self.use_local_debuginfo,
                "--use-local-debuginfo",
                NO_LOCAL_FILES,
            ),
            (self.human, "--human", JSON_ONLY),
            (self.cyborg.is_some(), "--cyborg", JSON_ONLY),
            (self.dump, "--dump", JSON_ONLY),
            (self.brief, "--brief", JSON_ONLY),
        ]
        .into_iter()
        .find_map(|(typed, flag, reason)| typed.then_some((flag, reason)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(arguments: &[&str]) -> Result<Request, clap::Error> {
        let command_line = [&["moonwalk-stackwalker"], arguments].concat();
        Flags::try_parse_from(command_line).and_then(Request::lower)
    }

    fn refusal(arguments: &[&str]) -> clap::Error {
        lower(arguments).expect_err("the command line was accepted")
    }

    #[test]
    fn symbol_folders_keep_their_order_with_positional_ones_last() {
        let request = lower(&["--symbols-path=a", "x.dmp", "c", "--symbols-path", "b"]).unwrap();
        assert_eq!(request.minidump, PathBuf::from("x.dmp"));
        assert_eq!(request.symbols_paths, ["a", "b", "c"].map(PathBuf::from));
    }

    #[test]
    fn errors_are_logged_to_standard_error_in_colour_unless_told_otherwise() {
        let log = lower(&["x.dmp"]).unwrap().log;
        assert_eq!((log.level, log.color), (LevelFilter::ERROR, true));
        assert!(!lower(&["x.dmp", "--no-color"]).unwrap().log.color);
    }

    #[test]
    fn a_log_file_has_no_colours() {
        let log = lower(&["x.dmp", "--log-file=l", "--verbose=trace"])
            .unwrap()
            .log;
        assert_eq!((log.level, log.color), (LevelFilter::TRACE, false));
    }

    #[test]
    fn no_limit_is_set_unless_asked_for() {
        assert_eq!(lower(&["x.dmp"]).unwrap().limits, Limits::default());
    }

    #[test]
    fn a_limit_of_zero_is_a_usage_error() {
        for flag in [
            "--limit-memory",
            "--limit-cpu",
            "--limit-output",
            "--parent-pid",
        ] {
            assert_eq!(refusal(&["x.dmp", flag, "0"]).exit_code(), 2, "{flag}");
        }
    }

    #[test]
    fn packs_come_from_folders_or_from_the_broker() {
        let error = refusal(&["x.dmp", "--packs=a", "--broker-fd=9"]);
        assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
    }

    #[test]
    fn a_descriptor_that_is_no_connection_is_a_usage_error() {
        for descriptor in ["0", "2", "99999"] {
            let error = refusal(&["x.dmp", "--broker-fd", descriptor]);
            assert_eq!(error.exit_code(), 2, "{descriptor}");
        }
    }

    #[test]
    fn debug_info_that_cannot_be_read_is_a_usage_error() {
        for file in ["/nowhere", "/dev/null", "/"] {
            let error = refusal(&["x.dmp", "--debug-info", file]);
            assert_eq!(error.exit_code(), 2, "{file}");
        }
    }

    #[test]
    fn flags_of_the_symbol_server_are_refused_by_name() {
        for flag in ["--symbols-url", "--symbols-cache", "--symbols-tmp"] {
            let error = refusal(&["x.dmp", flag, "somewhere"]);
            assert_eq!(error.exit_code(), 2);
            assert!(
                error
                    .to_string()
                    .contains(&format!("{flag} is not available: what reads dumps"))
            );
        }
    }

    #[test]
    fn reports_for_people_are_refused() {
        for flag in ["--human", "--dump", "--brief", "--cyborg=x.json"] {
            let error = refusal(&["x.dmp", flag]);
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains("JSON only"), "{flag}");
        }
    }
}
