//! What is known of a module's symbols after a walk.

use moonwalk_pack_format::{Key, PackError, RangeReader};

use crate::module::Found;
use crate::modules::Slot;
use crate::store::SourceFailed;
use crate::tally::Cost;

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
    /// It cannot be told: where packs come from failed.
    Failed,
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
            Self::Failed => "failed",
            Self::Missing => "missing",
        }
    }
}

/// What a module's symbols were and cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleReport {
    /// The code file.
    pub code_file: String,
    /// Its id.
    pub code_id: Option<String>,
    /// Where its symbols belong; nothing if it has no debug file or id.
    pub key: Option<Key>,
    /// Where its symbols came from.
    pub source: Source,
    /// Why its pack could not be read, by name; or how its source failed, for a person.
    pub error: Option<String>,
    /// What they cost.
    pub cost: Cost,
}

impl ModuleReport {
    pub(crate) fn of<R: RangeReader>(slot: &Slot<R>) -> Self {
        let found = slot.found();
        let failure = slot.failure.get();
        Self {
            code_file: slot.name.clone(),
            code_id: slot.code_id.clone(),
            key: slot.key.clone(),
            source: match (failure, found) {
                (Some(error), _) if SourceFailed::of(error).is_some() => Source::Failed,
                (Some(_), _) => Source::Unreadable,
                (None, Some(Found::Pack(_))) => Source::Pack,
                (None, Some(Found::Text(_))) => Source::Text,
                (None, Some(Found::Corrupt(_))) => Source::Corrupt,
                (None, Some(Found::Missing) | None) => Source::Missing,
            },
            error: failure.map(reason),
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

fn reason(error: &PackError) -> String {
    SourceFailed::of(error).unwrap_or(error.name()).to_owned()
}
