//! The names that most functions use: they come with the dictionary, so they are at hand.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use crate::grammar::{self, NameKind};

/// Lines of names, found by kind and id.
pub(crate) struct HotNames {
    lines: Vec<u8>,
    by_id: OnceLock<HashMap<(NameKind, u32), Range<usize>>>,
}

impl HotNames {
    pub(crate) fn new(lines: Vec<u8>) -> Self {
        Self {
            lines,
            by_id: OnceLock::new(),
        }
    }

    /// The line that defines a name.
    pub(crate) fn line(&self, name: (NameKind, u32)) -> Option<&[u8]> {
        let range = self.by_id.get_or_init(|| self.read()).get(&name)?;
        Some(&self.lines[range.clone()])
    }

    fn read(&self) -> HashMap<(NameKind, u32), Range<usize>> {
        let mut start = 0;
        let lines = self.lines.split_inclusive(|&byte| byte == b'\n');
        let names = lines.filter_map(|line| {
            let range = start..start + line.len();
            start = range.end;
            grammar::name_line(line).map(|(kind, id, _)| ((kind, id), range))
        });
        names.collect()
    }
}
