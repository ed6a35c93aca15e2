//! The pieces of lines: gaps, ends, names and ids, each now and then an odd one.

use super::Maker;

/// Lengths about which the parser's buffer decides: see P10.
const LONG: [(u32, u32, &str); 3] = [
    (60_000, 80_000, "60 to 80 KB"),
    (80_000, 164_000, "80 to 160 KB"),
    (164_000, 200_000, "more than 160 KB"),
];

impl Maker<'_> {
    pub(super) fn end(&mut self) {
        let end = match self.choices.below(12) {
            10 => "\r\n",
            11 => "\r\r\n",
            _ => "\n",
        };
        if end != "\n" {
            self.note(format!("line end {end:?}"));
        }
        self.put(end);
    }

    pub(super) fn gap(&mut self) {
        let gap = match self.choices.below(24) {
            22 => "  ",
            23 => "\t",
            _ => " ",
        };
        if gap != " " {
            self.note(format!("gap {gap:?}"));
        }
        self.put(gap);
    }

    pub(super) fn multiple(&mut self, record: &str) {
        if self.choices.one_in(6) {
            self.note(format!("{record} m"));
            self.put("m");
            self.gap();
        }
    }

    /// A name for a record of this kind.
    pub(super) fn name(&mut self, record: &str) {
        match self.choices.below(64) {
            0..=5 => self.note(format!("{record} without a name")),
            6 => self.long(record),
            7..=9 => {
                self.note("name not in ASCII");
                self.put("é ");
            }
            10 => {
                self.note("name with NUL");
                self.put("a\0b");
            }
            _ => {
                let name = self
                    .choices
                    .of(&["a", "b", "c c", "d", "zebra", " lead", "trail "]);
                self.put(name);
            }
        }
    }

    /// A name so long that the parser may pass over its line.
    pub(super) fn long(&mut self, record: &str) {
        let (from, to, told) = LONG[self.choices.of(&[0, 1, 1, 1, 2])];
        let length = from + self.choices.below(to - from);
        self.note(format!("line of {told}"));
        self.note(format!("long {record}"));
        self.put("y".repeat(length as usize));
    }

    /// An id that others have as well, or one that nothing defines.
    pub(super) fn id(&mut self) -> u32 {
        self.choices.of(&[0, 1, 2, 3, 1, 2, 77, u32::MAX])
    }
}
