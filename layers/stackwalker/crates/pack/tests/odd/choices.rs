//! A stream of choices, taken from bytes: what a fuzzer changes and what shrinks well.

/// Hands out choices until the bytes are used up, then the first of each.
pub(super) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        let bytes = if limit <= 256 { 1 } else { 4 };
        let (taken, rest) = self.0.split_at(self.0.len().min(bytes));
        self.0 = rest;
        let number = taken
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u32::from(byte));
        number % limit.max(1)
    }

    pub(super) fn one_in(&mut self, chances: u32) -> bool {
        self.below(chances) == chances - 1
    }

    pub(super) fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u32) as usize]
    }
}
