//! How a run that fails says so: what happened, to what, what to do; and its exit code.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use moonwalk_pack_format::PackError;
use serde_json::json;

/// Texts that the parser rejects under `--strict`, or packs that answer differently.
pub(crate) const FOUND_FAULT: u8 = 1;
/// An input could not be packed, or a pack not be read.
const FAILED: u8 = 3;

/// What ends a run, or the work on one input.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("IoError: {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {path}: {source}; {}", .source.name(), advice(.source))]
    Pack { path: PathBuf, source: PackError },
    #[error("BadName: {path}: {what}; rename it, or give the file by itself")]
    BadName { path: PathBuf, what: &'static str },
    #[error("NoKey: {path}: no MODULE line names its module; put it at <debug file>/<DEBUG ID>/")]
    NoKey { path: PathBuf },
    #[error("TextTooLarge: {path}: holds more than {limit} bytes of text; raise --max-text")]
    TextTooLarge { path: PathBuf, limit: u64 },
    #[error("SamePlace: {path}: another input has the same place in the output; give only one")]
    SamePlace { path: PathBuf },
    #[error("NoInput: {path}: holds no .sym file; give another folder")]
    NoInput { path: PathBuf },
    #[error("NotAFile: {path}: neither a file nor a folder; save what it gives and name that")]
    NotAFile { path: PathBuf },
    #[error("SomeFailed: {0} of the inputs, named above, could not be worked on; the others were")]
    Some(usize),
}

impl Failure {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn pack(path: &Path) -> impl FnOnce(PackError) -> Self {
        let path = path.to_owned();
        move |source| Self::Pack { path, source }
    }

    /// The name, and all that is told, for a program that reads it.
    pub(crate) fn as_json(&self) -> serde_json::Value {
        let told = self.to_string();
        json!({ "error": told.split(':').next(), "message": told })
    }

    pub(crate) fn report(&self) -> ExitCode {
        if let Self::Io { source, .. } = self
            && source.kind() == io::ErrorKind::BrokenPipe
        {
            return ExitCode::SUCCESS;
        }
        tell(&format!("ERROR {self}"));
        ExitCode::from(FAILED)
    }
}

/// A line on standard error, if anybody reads it.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn advice(error: &PackError) -> &'static str {
    match error {
        PackError::Io(_) => "look at the disk and the permissions",
        PackError::NotAPack(_) | PackError::Damaged { .. } | PackError::BadSlice => {
            "make the pack again from its text"
        }
        PackError::WrongModule(_) => "move it to where its key says",
        PackError::ContainerVersion { .. } | PackError::IndexVersion { .. } => {
            "use the release that made it, or make it again"
        }
        PackError::Changed => "pack it again when nothing writes to it",
        PackError::ParserPanicked | PackError::TooLarge(_) => "leave this text out",
    }
}
