//! Every way in which a pack cannot be made or read, by name.

use std::io;

use crate::directory::Key;

/// Why a pack cannot be read, or not be made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The reader or writer below failed.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
    /// The file does not end as a pack does: it is something else, or it was cut.
    #[error("not a whole pack: {0}")]
    NotAPack(&'static str),
    /// The container's layout is one that this program does not know.
    #[error("container version {found} is unknown (this program reads {known})")]
    ContainerVersion {
        /// What the pack says.
        found: u16,
        /// What this program reads.
        known: u16,
    },
    /// The index follows rules of another release of the parser.
    #[error("index version {found} is unknown (this program reads {known}); make the index again")]
    IndexVersion {
        /// What the pack says.
        found: u16,
        /// What this program reads.
        known: u16,
    },
    /// A checksum or a value inside does not fit the rest.
    #[error("damaged pack: {what} at byte {offset}")]
    Damaged {
        /// What does not fit.
        what: &'static str,
        /// Where in the file, in bytes.
        offset: u64,
    },
    /// The real parser gave up in a way that it does not mean to.
    #[error("the parser of symbol files panicked on this text")]
    ParserPanicked,
    /// The text was written to between the two passes over it.
    #[error("the text changed while it was packed")]
    Changed,
    /// Its key is not the place where it was found.
    #[error("pack of another module: {0}")]
    WrongModule(Box<Key>),
    /// The lines that it gives for an address are none that the parser reads.
    #[error("the parser rejects the lines that this pack gives for an address")]
    BadSlice,
    /// A record or a number is larger than the format holds.
    #[error("too large for a pack: {0}")]
    TooLarge(&'static str),
}

impl PackError {
    /// A stable name for logs, metrics and exit codes.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Io(_) => "IoError",
            Self::NotAPack(_) => "NotAPack",
            Self::ContainerVersion { .. } => "ContainerVersion",
            Self::IndexVersion { .. } => "IndexVersion",
            Self::Damaged { .. } => "Damaged",
            Self::ParserPanicked => "ParserPanicked",
            Self::Changed => "Changed",
            Self::WrongModule(_) => "WrongModule",
            Self::BadSlice => "BadSlice",
            Self::TooLarge(_) => "TooLarge",
        }
    }
}

/// What this crate's calls give back.
pub type Result<T> = std::result::Result<T, PackError>;
