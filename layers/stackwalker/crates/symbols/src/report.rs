//! What is known of a module's symbols after a walk.

use crate::module::Found;
use crate::modules::Slot;
use crate::tally::Cost;
use moonwalk_pack_format::RangeReader;

/// Where a module's symbols come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A pack.
    Pack,
    /// A symbol file, parsed as a whole.
    Text,
    /// A pack or symbol file that the parser rejects.
    Corrupt,
    /// A pack that could not be read.
    Unreadable,
    /// Nowhere.
    Missing,
}

impl Source {
    /// A stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Text => "text",
            Self::Corrupt => "corrupt",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
        }
    }
}

/// What a module's symbols were and cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleReport {
    /// The code file.
    pub code_file: String,
    /// Where its symbols came from.
    pub source: Source,
    /// Why its pack could not be read: the error's name.
    pub error: Option<&'static str>,
    /// What they cost.
    pub cost: Cost,
}

impl ModuleReport {
    pub(crate) fn of<R: RangeReader>(slot: &Slot<R>) -> Self {
        let found = slot.found.get().and_then(Option::as_ref);
        let error = slot.failure.get().map(|error| error.name());
        Self {
            code_file: slot.name.clone(),
            source: match found {
                _ if error.is_some() => Source::Unreadable,
                Some(Found::Pack(_)) => Source::Pack,
                Some(Found::Text(_)) => Source::Text,
                Some(Found::Corrupt(_)) => Source::Corrupt,
                Some(Found::Missing) | None => Source::Missing,
            },
            error,
            cost: match found {
                Some(Found::Pack(pack)) => pack.cost(),
                Some(Found::Corrupt(pack)) => Cost {
                    pack: *pack,
                    ..Cost::default()
                },
                _ => Cost::default(),
            },
        }
    }
}
