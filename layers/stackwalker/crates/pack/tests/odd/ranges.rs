//! Addresses and sizes that touch, cover and repeat each other, and that leave 64 bits.

use super::Maker;

/// What of ranges can be odd, in the words of the count.
pub const SHAPES: [&str; 9] = [
    "same range again",
    "same start, longer",
    "same start, shorter",
    "begins inside",
    "begins before",
    "no size",
    "ends beyond 64 bits",
    "ends at the last address but one",
    "huge",
];

/// The ranges that were made so far, kind by kind: what the next may be odd with.
#[derive(Default)]
pub(super) struct Ranges(Vec<(&'static str, u64, u32)>);

impl Ranges {
    pub(super) fn starts_of(&self, kind: &str) -> Vec<u64> {
        let same = self.0.iter().filter(|range| range.0 == kind);
        same.map(|range| range.1).collect()
    }
}

impl Maker<'_> {
    /// An address and a size for a record of this kind.
    pub(super) fn range(&mut self, kind: &'static str) -> (u64, u32) {
        let before = self.ranges.0.iter().rev().filter(|range| range.0 == kind);
        let before: Vec<(u64, u32)> = before.map(|range| (range.1, range.2)).collect();
        let (start, size) = match before.first() {
            Some(_) if self.choices.one_in(3) => {
                let reach = before.len().min(4) as u32;
                let of = before[self.choices.below(reach) as usize];
                self.odd(kind, of)
            }
            _ => self.plain(),
        };
        self.ranges.0.push((kind, start, size));
        (start, size)
    }

    fn plain(&mut self) -> (u64, u32) {
        (self.address(), self.choices.below(20) + 1)
    }

    /// An address that lies close to others.
    pub(super) fn address(&mut self) -> u64 {
        u64::from(self.choices.below(0x70))
    }

    fn odd(&mut self, kind: &'static str, (start, size): (u64, u32)) -> (u64, u32) {
        let shape = self.choices.below(SHAPES.len() as u32) as usize;
        let more = self.choices.below(9) + 1;
        let back = u64::from(more);
        let range = match shape {
            0 => (start, size),
            1 => (start, size.saturating_add(more)),
            2 => (start, size.saturating_sub(more).max(1)),
            3 => (
                start.saturating_add(u64::from(size.saturating_sub(1)).min(back)),
                size,
            ),
            4 => (start.saturating_sub(back), size.saturating_add(more)),
            5 => (start, 0),
            6 => (u64::MAX - back, more + 1),
            7 => (u64::MAX - back, more),
            _ => (start | 0x8000_0000_0000_0000, u32::MAX),
        };
        self.note(format!("{kind}: {}", SHAPES[shape]));
        range
    }
}
