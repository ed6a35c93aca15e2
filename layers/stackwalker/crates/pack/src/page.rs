//! Index pages: each can be read by itself, and says in full where its blocks are.

use crate::error::{PackError, Result};
use crate::survivors::Item;
use crate::wire::{Cursor, put, put_signed};

/// Entries in one page of ranges or addresses. Measured: ADR 8.
pub(crate) const ENTRIES: usize = 128;
/// Runs in one page of names: these pages are few, and most look-ups need one.
pub(crate) const RUNS: usize = 1024;
/// Places in one part of the order of the text.
const ORDERED: usize = 1 << 16;

/// Largest content of a page, in bytes: a hostile one could name millions of blocks in a few KB.
/// The packer's largest have some hundred KB, where all records are as long as they may be.
pub(crate) const MAX_PAGE: usize = 1 << 20;
/// Longest lines of one record, in bytes; a reader need not hold more at once.
const MAX_LINES: u64 = 256 << 20;

/// A frame in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) offset: u64,
    /// Length with its head, in bytes.
    pub(crate) length: u32,
}

impl Place {
    pub(crate) fn end(self) -> u64 {
        self.offset.saturating_add(u64::from(self.length))
    }

    /// Appends this place as seen from the one before it: 0 if it follows at once.
    pub(crate) fn put(self, out: &mut Vec<u8>, before: Self) {
        put_signed(out, self.offset.wrapping_sub(before.end()) as i64);
        put(out, u64::from(self.length));
    }

    pub(crate) fn take(cursor: &mut Cursor<'_>, before: Self) -> Result<Self> {
        let offset = before
            .end()
            .checked_add_signed(cursor.take_signed()?)
            .ok_or_else(|| cursor.bad("place of a frame"))?;
        let length = cursor.take_u32()?;
        Ok(Self { offset, length })
    }
}

/// Where the lines of a record are: in consecutive blocks, from `offset` in the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) blocks: Vec<Place>,
    pub(crate) offset: usize,
    /// Bytes, without those that the parser passes over.
    pub(crate) length: usize,
}

/// One record of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) start: u64,
    /// Bytes covered; 0 in an index of addresses.
    pub(crate) size: u32,
    pub(crate) lines: Lines,
}

/// A decoded page, small enough to be kept: its records by number of block.
#[derive(Debug)]
pub(crate) struct Page {
    places: Vec<Place>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    start: u64,
    size: u32,
    first: u32,
    blocks: u32,
    offset: u32,
    length: u32,
}

impl Page {
    /// Memory that it takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.places) + size_of_val(&*self.rows)
    }

    /// The entry with the greatest start not above `address`.
    pub(crate) fn entry(&self, address: u64) -> Option<Entry> {
        let after = self.rows.partition_point(|row| row.start <= address);
        let row = &self.rows[after.checked_sub(1)?];
        let first = row.first as usize;
        Some(Entry {
            start: row.start,
            size: row.size,
            lines: Lines {
                blocks: self.places[first..first + row.blocks as usize].to_vec(),
                offset: row.offset as usize,
                length: row.length as usize,
            },
        })
    }
}

/// The blocks of a text, to say where a record's lines are.
pub(crate) struct Blocks {
    /// Where each ends in the text.
    pub(crate) ends: Vec<u64>,
    pub(crate) places: Vec<Place>,
    /// Whether the parser reads it.
    pub(crate) read: Vec<bool>,
}

impl Blocks {
    /// The number of the block that holds the byte at `text`.
    pub(crate) fn at(&self, text: u64) -> usize {
        self.ends.partition_point(|&end| end <= text)
    }

    fn start(&self, block: usize) -> u64 {
        block.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    fn read_bytes(&self, from: u64, to: u64, first: usize, last: usize) -> u64 {
        (first..=last)
            .filter(|&block| self.read[block])
            .map(|block| self.ends[block].min(to) - self.start(block).max(from))
            .sum()
    }
}

/// Encodes a page of at most [`ENTRIES`] sorted items.
pub(crate) fn encode(items: &[Item], blocks: &Blocks) -> Result<Vec<u8>> {
    let mut places = Vec::new();
    let mut entries = Vec::new();
    let mut numbers: Vec<usize> = Vec::new();
    let (mut floor, mut block_before, mut end_before) = (0u64, 0i64, 0i64);
    for item in items {
        let first = blocks.at(item.text);
        let last = blocks.at(item.text + item.length - 1);
        let local = local_number(&mut numbers, first..=last);
        put(&mut entries, item.start - floor);
        put(&mut entries, u64::from(item.size));
        floor = item.start + u64::from(item.size);
        put_signed(&mut entries, local - block_before);
        put(&mut entries, (last - first) as u64);
        if local != block_before {
            end_before = 0;
        }
        let offset = (item.text - blocks.start(first)) as i64;
        let length = blocks.read_bytes(item.text, item.text + item.length, first, last);
        if length > MAX_LINES {
            return Err(PackError::TooLarge("lines of one record"));
        }
        let length = length as i64;
        put_signed(&mut entries, offset - end_before);
        put(&mut entries, length as u64);
        (block_before, end_before) = (local, offset + length);
    }
    put_places(
        &mut places,
        numbers.iter().map(|&number| blocks.places[number]),
    );
    put(&mut places, items.len() as u64);
    places.extend_from_slice(&entries);
    Ok(places)
}

/// Where in the page's list of blocks these stand, appended unless they are its last ones.
fn local_number(numbers: &mut Vec<usize>, wanted: std::ops::RangeInclusive<usize>) -> i64 {
    if let Some(at) = numbers.iter().rposition(|number| number == wanted.start()) {
        let known = &numbers[at..];
        if known.iter().copied().eq(wanted.clone().take(known.len())) {
            let missing: Vec<usize> = wanted.skip(known.len()).collect();
            numbers.extend(missing);
            return at as i64;
        }
    }
    let at = numbers.len();
    numbers.extend(wanted);
    at as i64
}

/// Decodes a page that stands at `offset` of the file.
pub(crate) fn decode(raw: &[u8], offset: u64) -> Result<Page> {
    let cursor = &mut Cursor::new(raw, offset);
    let places = take_places(cursor)?;
    let count = cursor.take_count()?;
    let mut rows = Vec::with_capacity(count.min(ENTRIES));
    let (mut floor, mut block, mut end) = (0u64, 0i64, 0i64);
    for _ in 0..count {
        let start = floor.checked_add(cursor.take()?);
        let start = start.ok_or_else(|| cursor.bad("address"))?;
        let size = cursor.take_u32()?;
        let next = start.checked_add(u64::from(size));
        floor = next.ok_or_else(|| cursor.bad("size"))?;
        let moved = cursor.take_signed()?;
        block = block.saturating_add(moved);
        if moved != 0 {
            end = 0;
        }
        let more = cursor.take_u32()? as usize;
        let at = end.checked_add(cursor.take_signed()?);
        let at = at.and_then(|at| u32::try_from(at).ok());
        let at = at.ok_or_else(|| cursor.bad("offset in a block"))?;
        let length = cursor.take_u32()?;
        if u64::from(length) > MAX_LINES {
            return Err(cursor.bad("length of a record"));
        }
        end = i64::from(at) + i64::from(length);
        let blocks = usize::try_from(block)
            .ok()
            .and_then(|first| places.get(first..=first.checked_add(more)?))
            .ok_or_else(|| cursor.bad("number of a block"))?;
        rows.push(Row {
            start,
            size,
            first: block as u32,
            blocks: blocks.len() as u32,
            offset: at,
            length,
        });
    }
    cursor.finish()?;
    Ok(Page { places, rows })
}

/// Consecutive ids whose names stand in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first: u32,
    pub(crate) count: u32,
    pub(crate) place: Place,
}

/// A decoded page of names.
#[derive(Debug)]
pub(crate) struct Runs(Vec<Run>);

impl Runs {
    /// Memory that it takes, in bytes.
    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }

    /// The run that holds `id`.
    pub(crate) fn of(&self, id: u32) -> Option<Run> {
        let after = self.0.partition_point(|run| run.first <= id);
        let run = self.0[after.checked_sub(1)?];
        (id - run.first < run.count).then_some(run)
    }
}

/// Encodes a page of at most [`RUNS`] runs, sorted by id.
pub(crate) fn encode_runs(runs: &[Run]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, runs.len() as u64);
    let mut next = 0;
    let mut before = Place::default();
    for run in runs {
        put(&mut out, u64::from(run.first) - next);
        put(&mut out, u64::from(run.count));
        run.place.put(&mut out, before);
        next = u64::from(run.first) + u64::from(run.count);
        before = run.place;
    }
    out
}

/// Decodes a page of runs that stands at `offset` of the file.
pub(crate) fn decode_runs(raw: &[u8], offset: u64) -> Result<Runs> {
    let cursor = &mut Cursor::new(raw, offset);
    let count = cursor.take_count()?;
    let mut runs = Vec::with_capacity(count.min(RUNS));
    let mut next = 0u64;
    let mut before = Place::default();
    for _ in 0..count {
        let first = next.checked_add(cursor.take()?);
        let first = first.and_then(|first| u32::try_from(first).ok());
        let first = first.ok_or_else(|| cursor.bad("id"))?;
        let count = cursor.take_u32()?;
        let place = Place::take(cursor, before)?;
        next = u64::from(first) + u64::from(count);
        before = place;
        runs.push(Run {
            first,
            count,
            place,
        });
    }
    cursor.finish()?;
    Ok(Runs(runs))
}

/// Encodes the order of the text: where each block stands, in parts.
pub(crate) fn encode_order(places: &[Place]) -> impl Iterator<Item = Vec<u8>> {
    places.chunks(ORDERED).map(|part| {
        let mut out = Vec::new();
        put_places(&mut out, part.iter().copied());
        out
    })
}

/// Appends places, each as seen from the one before it.
pub(crate) fn put_places(out: &mut Vec<u8>, places: impl ExactSizeIterator<Item = Place>) {
    put(out, places.len() as u64);
    let mut before = Place::default();
    for place in places {
        place.put(out, before);
        before = place;
    }
}

/// Takes places off the front.
pub(crate) fn take_places(cursor: &mut Cursor<'_>) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    let mut before = Place::default();
    for _ in 0..cursor.take_count()? {
        before = Place::take(cursor, before)?;
        places.push(before);
    }
    Ok(places)
}

/// Decodes a part of the order of the text that stands at `offset` of the file.
pub(crate) fn decode_order(raw: &[u8], offset: u64) -> Result<Vec<Place>> {
    let cursor = &mut Cursor::new(raw, offset);
    let places = take_places(cursor)?;
    if places.len() > ORDERED {
        return Err(cursor.bad("number of blocks"));
    }
    cursor.finish()?;
    Ok(places)
}
