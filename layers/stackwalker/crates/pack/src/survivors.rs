//! Which of several overlapping ranges the parser keeps.

/// A range of addresses of one record, and where its text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) start: u64,
    /// Bytes covered, never 0; `start + size` does not wrap.
    pub(crate) size: u32,
    /// Offset of its first line in the text.
    pub(crate) text: u64,
    /// Length of its lines, in bytes; lines that the parser passed over included.
    pub(crate) length: u64,
}

impl Item {
    /// Nothing for what the parser leaves out: no size, or an end beyond 64 bits.
    pub(crate) fn new(start: u64, size: u32, text: u64) -> Option<Self> {
        start.checked_add(u64::from(size)).filter(|_| size > 0)?;
        Some(Self {
            start,
            size,
            text,
            length: 0,
        })
    }

    pub(crate) fn last(&self) -> u64 {
        self.start + u64::from(self.size) - 1
    }
}

/// Sorts by start and end, file order last, and keeps from the left what overlaps nothing kept.
///
/// Equal records count as overlapping: the parser merges them, which leaves the first's range.
pub(crate) fn keep(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| (item.start, item.last()));
    let mut kept_to = None;
    items.retain(|item| {
        let keeps = kept_to.is_none_or(|last| item.start > last);
        if keeps {
            kept_to = Some(item.last());
        }
        keeps
    });
    items
}

/// STACK WIN records of one type, with the cuts that depend on the order of the file.
#[derive(Debug, Default)]
pub(crate) struct WinRecords(Vec<Item>);

impl WinRecords {
    pub(crate) fn push(&mut self, item: Item) {
        if let Some(before) = self.0.last_mut()
            && before.start <= item.last()
            && item.start <= before.last()
        {
            if item.start > before.start {
                before.size = (item.start - before.start) as u32;
            } else if (before.start, before.size) != (item.start, item.size) {
                return;
            }
        }
        self.0.push(item);
    }

    pub(crate) fn keep(self) -> Vec<Item> {
        keep(self.0)
    }
}
