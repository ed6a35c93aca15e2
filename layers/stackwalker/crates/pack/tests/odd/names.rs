//! The names of all oddities, against which a test counts.

use super::flaws::{FLAWS, UNFINISHED};
use super::ranges::SHAPES;

const RANGES: [&str; 7] = [
    "FUNC",
    "STACK CFI INIT",
    "STACK WIN 4",
    "STACK WIN 0",
    "PUBLIC",
    "line",
    "INLINE",
];

const OTHERS: &[&str] = &[
    "MODULE missing",
    "MODULE of several lines",
    "nothing at all",
    "line end \"\\r\\n\"",
    "line end \"\\r\\r\\n\"",
    "gap \"  \"",
    "gap \"\\t\"",
    "FUNC m",
    "PUBLIC m",
    "FUNC without a name",
    "PUBLIC without a name",
    "FILE without a name",
    "INLINE_ORIGIN without a name",
    "name not in ASCII",
    "name with NUL",
    "line of 60 to 80 KB",
    "line of 80 to 160 KB",
    "line of more than 160 KB",
    "long FUNC",
    "long PUBLIC",
    "long FILE",
    "long INLINE_ORIGIN",
    "long INLINE",
    "long STACK CFI",
    "long STACK CFI INIT",
    "INLINE_ORIGIN inside a FUNC",
    "STACK CFI before its INIT",
    "STACK WIN of another type: same range again",
    "STACK WIN 4 that its program string contradicts",
    "STACK WIN 0 that its program string contradicts",
    "program string that fails",
    "FILE of a rare id",
    "FILE that may be defined again",
    "INLINE_ORIGIN of a rare id",
    "INLINE_ORIGIN that may be defined again",
    "PUBLIC where a FUNC begins",
    "PUBLIC where another is",
    "INFO URL",
    "INFO URL without an address",
    "blank line",
    "filler",
    UNFINISHED,
];

/// Everything that must occur in a run of many texts.
pub fn all() -> Vec<String> {
    let ranges = RANGES
        .iter()
        .flat_map(|kind| SHAPES.map(|shape| format!("{kind}: {shape}")));
    let flaws = FLAWS.iter().map(|(told, _)| (*told).to_owned());
    let others = OTHERS.iter().map(|told| (*told).to_owned());
    ranges.chain(flaws).chain(others).collect()
}
