//! What a walker and the symbol broker say to each other over a Unix socket.
//!
//! Whoever starts a walker connects, says [`Hello`], and hands the connection to the walker: so a
//! walker cannot choose the scope whose symbols it sees. From then on the walker asks
//! [`Question`]s, as many at a time as it likes, and gets one [`Reply`] to each, in any order.
//!
//! Everything is a frame: see [`frame`]. Both sides hold what the other says against the limits
//! here before they allocate or do anything for it.
#![forbid(unsafe_code)]

pub mod frame;

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Version of all of this; broker and walker come from one build, so it is only a check.
pub const VERSION: u32 = 1;

/// Ranges of one question at most.
pub const MAX_RANGES: usize = 16 * 1024;
/// Bytes that one question may ask for.
pub const MAX_BYTES: u64 = 64 << 20;

/// The first frame of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u32,
    /// What this connection is for.
    pub role: Role,
}

/// What a connection is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Role {
    /// Questions of one walk. The broker says nothing to this.
    Walk {
        /// A name that the one who starts walks gives each of them.
        walk: String,
        /// Whose sources are looked at.
        scope: String,
        /// Whether packs that were not there before are looked for again: the walk is done again
        /// because some have come.
        anew: bool,
    },
    /// Figures: of a walk that has ended, or of all. The broker answers with one frame of JSON, and
    /// closes.
    Figures {
        /// Which walk; it is forgotten then.
        walk: Option<String>,
    },
}

/// What a walker asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Chosen by the walker; the reply bears it.
    pub id: u64,
    /// What is asked.
    pub ask: Ask,
}

/// The kinds of questions. `pack` is the number that [`Told::Opened`] gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Ask {
    /// Is there a pack with this key? Its parts are as the walker has them from a dump.
    Open {
        /// Name of the debug file, without folders.
        debug_file: String,
        /// Debug id, as folders of symbols have it.
        debug_id: String,
        /// Name of the symbol file.
        name: String,
    },
    /// The bytes of ranges, one after the other.
    Read {
        /// Which pack.
        pack: u32,
        /// Which bytes.
        ranges: Vec<Range<u64>>,
    },
    /// What was read of this pack is damaged: forget it, so that it is fetched again.
    Damaged {
        /// Which pack.
        pack: u32,
    },
}

/// The answer to a question; bytes that go with it follow in the frame's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// That of the question.
    pub id: u64,
    /// What there is to say.
    pub told: Told,
}

/// The kinds of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Told {
    /// The pack is open. The body holds its end, as much of it as the broker had at hand.
    Opened {
        /// Its number on this connection.
        pack: u32,
        /// Its length, in bytes.
        size: u64,
        /// The address of the symbol server that its text came from; nothing if from elsewhere.
        origin: Option<String>,
        /// Whether a descriptor of the whole pack comes with this frame: read that, and ask no
        /// more.
        whole: bool,
    },
    /// No source has it.
    Absent,
    /// It is there, or may be, but cannot be had.
    Failed {
        /// Why.
        reason: Reason,
        /// The same for a person.
        message: String,
    },
    /// The bytes asked for, in the body; or what was asked for is done.
    Done,
}

/// Why something cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A source that may have it does not answer, or not as it should, after all tries.
    SourceFailed,
    /// The pack was replaced since it was opened: what was read of it is of another one.
    Changed,
    /// The question cannot be: an unknown number, a range beyond the end, too much at once.
    BadQuestion,
}

/// Whether the ranges of a question are within the limits, and within a pack of `size` bytes.
#[must_use]
pub fn can_be_asked(ranges: &[Range<u64>], size: u64) -> bool {
    let sound = |range: &Range<u64>| range.start <= range.end && range.end <= size;
    let bytes = ranges.iter().try_fold(0u64, |sum, range| {
        sum.checked_add(range.end.checked_sub(range.start)?)
    });
    ranges.len() <= MAX_RANGES
        && ranges.iter().all(sound)
        && bytes.is_some_and(|bytes| bytes <= MAX_BYTES)
}

#[cfg(test)]
#[allow(clippy::reversed_empty_ranges, clippy::single_range_in_vec_init)]
mod tests {
    use super::*;

    #[test]
    fn ranges_within_a_pack_can_be_asked_for() {
        assert!(can_be_asked(&[0..10, 5..20], 20));
        assert!(can_be_asked(&[], 0));
    }

    #[test]
    fn ranges_beyond_the_end_turned_around_or_too_many_cannot() {
        assert!(!can_be_asked(&[0..21], 20));
        assert!(!can_be_asked(&[10..5], 20));
        assert!(!can_be_asked(&vec![0..1; MAX_RANGES + 1], 20));
        assert!(!can_be_asked(&[0..MAX_BYTES, 0..1], u64::MAX));
        assert!(!can_be_asked(&[0..u64::MAX, 0..u64::MAX], u64::MAX));
    }
}
