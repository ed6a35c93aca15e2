//! What was read ahead of a pack, kept until the end: it was read because it will be asked for.

use std::collections::BTreeMap;
use std::ops::Range;

/// Stretches of the file that neither overlap nor touch, up to a number of bytes.
#[derive(Default)]
pub(crate) struct Held {
    stretches: BTreeMap<u64, Vec<u8>>,
    left: usize,
    /// Whether it was ever to take anything.
    pub(crate) in_use: bool,
}

impl Held {
    /// Takes up to `bytes` bytes from now on; at first it takes none.
    pub(crate) fn allow(&mut self, bytes: usize) {
        self.left = bytes;
        self.in_use = true;
    }

    /// Keeps bytes that stand at `offset`, or gives them back if they are too many.
    pub(crate) fn add(&mut self, offset: u64, bytes: Vec<u8>) -> Result<(), Vec<u8>> {
        if bytes.len() > self.left {
            return Err(bytes);
        }
        self.left -= bytes.len();
        let end = offset + bytes.len() as u64;
        let touching: Vec<u64> = self
            .stretches
            .range(..=end)
            .rev()
            .take_while(|(start, known)| *start + known.len() as u64 >= offset)
            .map(|(start, _)| *start)
            .collect();
        match touching.is_empty() {
            true => drop(self.stretches.insert(offset, bytes)),
            false => self.merge(&touching, offset, &bytes),
        }
        Ok(())
    }

    /// Makes one stretch of the ones that start at `touching`, last first, and of these bytes.
    fn merge(&mut self, touching: &[u64], offset: u64, bytes: &[u8]) {
        let known = touching.iter().filter_map(|start| {
            let bytes = self.stretches.remove(start)?;
            Some((*start, bytes))
        });
        let known: Vec<(u64, Vec<u8>)> = known.collect();
        let before: usize = known.iter().map(|(_, bytes)| bytes.len()).sum();
        let parts = known.iter().map(|(start, bytes)| (*start, &**bytes));
        let parts: Vec<(u64, &[u8])> = parts.chain([(offset, bytes)]).collect();
        let first = parts.iter().map(|(start, _)| *start).min().unwrap_or(0);
        let end = parts.iter().map(|(start, part)| start + part.len() as u64);
        let mut merged = vec![0; (end.max().unwrap_or(first) - first) as usize];
        for (start, part) in parts {
            let at = (start - first) as usize;
            merged[at..at + part.len()].copy_from_slice(part);
        }
        // What was there twice counts once.
        self.left += before + bytes.len() - merged.len();
        self.stretches.insert(first, merged);
    }

    /// The bytes of a range, if all of them are here.
    pub(crate) fn get(&self, range: Range<u64>) -> Option<&[u8]> {
        let (start, bytes) = self.stretches.range(..=range.start).next_back()?;
        let from = usize::try_from(range.start - start).ok()?;
        let to = usize::try_from(range.end - start).ok()?;
        bytes.get(from..to)
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        (0..=255).collect()
    }

    fn held(ranges: &[Range<u64>]) -> Held {
        let mut held = Held::default();
        held.allow(200);
        for range in ranges {
            let bytes = file()[range.start as usize..range.end as usize].to_vec();
            held.add(range.start, bytes).unwrap();
        }
        held
    }

    #[test]
    fn what_overlaps_or_touches_is_one_stretch_whatever_the_order() {
        let parts = [10..20, 30..40, 20..25, 24..31, 12..14];
        for turn in 0..parts.len() {
            let mut ranges = parts.to_vec();
            ranges.rotate_left(turn);
            let held = held(&ranges);
            assert_eq!(held.get(10..40), Some(&file()[10..40]));
            assert_eq!(held.left, 170);
            assert_eq!(held.stretches.len(), 1);
        }
    }

    #[test]
    fn a_range_is_there_wholly_or_not_at_all() {
        let held = held(&[10..20, 30..40]);
        assert_eq!(held.get(15..20), Some(&file()[15..20]));
        for range in [5..15, 15..25, 25..28, 15..35, 45..50] {
            assert_eq!(held.get(range), None);
        }
    }

    #[test]
    fn no_more_is_kept_than_allowed() {
        let mut held = held(&[0..150]);
        assert_eq!(held.add(200, vec![1; 51]), Err(vec![1; 51]));
        assert_eq!(held.add(200, vec![1; 50]), Ok(()));
        assert_eq!(Held::default().add(0, vec![1]), Err(vec![1]));
    }
}
