//! What an open pack remembers: bytes as they were read, and frames as they were decoded.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use crate::error::Result;
use crate::frame::{Decoder, Head, Kind};
use crate::frames::damaged;
use crate::held::Held;
use crate::page::{self, MAX_PAGE, Page, Place, Runs};

/// Decoded bytes of blocks that a pack keeps. Answers are kept by who asks, so that blocks are
/// seldom asked for again.
const BLOCKS: usize = 2 << 20;
/// Memory for each kind of page; they are asked for again and again.
const PAGES: usize = 2 << 20;
/// Bytes as they were read that a pack keeps; the oldest are forgotten first.
const STORED: usize = 1 << 20;

/// Lines of a block; nothing for one that the parser passes over.
pub(crate) type Block = Option<Arc<Vec<u8>>>;

/// Everything that is remembered of a pack.
pub(crate) struct Kept {
    decoders: Decoders,
    read: AsRead,
    blocks: Bounded<Block>,
    pages: Bounded<Arc<Page>>,
    runs: Bounded<Arc<Runs>>,
    /// Frames decoded so far.
    pub(crate) count: u64,
}

impl Kept {
    pub(crate) fn new(dictionary: &[u8]) -> Result<Self> {
        Ok(Self {
            decoders: Decoders {
                plain: Decoder::new(&[])?,
                text: Decoder::new(dictionary)?,
            },
            read: AsRead::default(),
            blocks: Bounded::new(BLOCKS),
            pages: Bounded::new(PAGES),
            runs: Bounded::new(PAGES),
            count: 0,
        })
    }

    /// Whether the frame can be had without reading.
    pub(crate) fn has(&self, place: Place) -> bool {
        let at = &place.offset;
        self.blocks.map.contains_key(at)
            || self.pages.map.contains_key(at)
            || self.runs.map.contains_key(at)
            || self.read.frame(place).is_some()
    }

    /// Remembers bytes that stand at `offset` of the file.
    pub(crate) fn store(&mut self, offset: u64, bytes: Vec<u8>) {
        if let Err(bytes) = self.read.held.add(offset, bytes) {
            self.read.recent.add(offset, bytes);
        }
    }

    /// Remembers so many bytes of what is stored from now on whatever comes after them.
    pub(crate) fn hold(&mut self, bytes: usize) {
        self.read.held.allow(bytes);
    }

    /// Whether what is read is remembered because reading is slow.
    pub(crate) fn holds(&self) -> bool {
        self.read.held.in_use
    }

    /// A block of text; nothing if its bytes are not there any more.
    pub(crate) fn block(&mut self, place: Place) -> Result<Option<Block>> {
        if let Some(block) = self.blocks.map.get(&place.offset) {
            return Ok(Some(block.clone()));
        }
        if self.is_unread(place)? {
            self.blocks.add(place, 1, None);
            return Ok(Some(None));
        }
        let Some((kind, raw)) = self.decode_stored(place)? else {
            return Ok(None);
        };
        let size = raw.len();
        let block = match kind {
            Kind::Text => Some(Arc::new(raw)),
            _ => return Err(damaged("kind of a block", place)),
        };
        self.blocks.add(place, size, block.clone());
        Ok(Some(block))
    }

    /// A page of ranges or addresses; nothing if its bytes are not there any more.
    pub(crate) fn page(&mut self, place: Place) -> Result<Option<Arc<Page>>> {
        if let Some(page) = self.pages.map.get(&place.offset) {
            return Ok(Some(page.clone()));
        }
        let Some(raw) = self.decode_page(place)? else {
            return Ok(None);
        };
        let page = Arc::new(page::decode(&raw, place.offset)?);
        self.pages.add(place, page.memory(), page.clone());
        Ok(Some(page))
    }

    /// A page of names; nothing if its bytes are not there any more.
    pub(crate) fn runs(&mut self, place: Place) -> Result<Option<Arc<Runs>>> {
        if let Some(runs) = self.runs.map.get(&place.offset) {
            return Ok(Some(runs.clone()));
        }
        let Some(raw) = self.decode_page(place)? else {
            return Ok(None);
        };
        let runs = Arc::new(page::decode_runs(&raw, place.offset)?);
        self.runs.add(place, runs.memory(), runs.clone());
        Ok(Some(runs))
    }

    /// The content of a frame that is not to be remembered.
    pub(crate) fn decode(&mut self, place: Place, bytes: &[u8]) -> Result<(Kind, Vec<u8>)> {
        self.count += 1;
        self.decoders.decode(place, bytes)
    }

    /// Whether a frame that is at hand is one that the parser passes over: its head says so.
    fn is_unread(&self, place: Place) -> Result<bool> {
        let Some(bytes) = self.read.frame(place) else {
            return Ok(false);
        };
        Ok(Head::checked(bytes, place.offset)?.kind == Kind::Unread)
    }

    fn decode_page(&mut self, place: Place) -> Result<Option<Vec<u8>>> {
        match self.decode_stored(place)? {
            Some((Kind::Page, raw)) if raw.len() > MAX_PAGE => {
                Err(damaged("length of a page", place))
            }
            Some((Kind::Page, raw)) => Ok(Some(raw)),
            Some(_) => Err(damaged("kind of a page", place)),
            None => Ok(None),
        }
    }

    fn decode_stored(&mut self, place: Place) -> Result<Option<(Kind, Vec<u8>)>> {
        let Some(bytes) = self.read.frame(place) else {
            return Ok(None);
        };
        self.count += 1;
        self.decoders.decode(place, bytes).map(Some)
    }
}

struct Decoders {
    plain: Decoder,
    text: Decoder,
}

impl Decoders {
    fn decode(&mut self, place: Place, bytes: &[u8]) -> Result<(Kind, Vec<u8>)> {
        match Head::parse(bytes, place.offset)?.kind {
            Kind::Text | Kind::Unread => self.text.decode(bytes, place.offset),
            _ => self.plain.decode(bytes, place.offset),
        }
    }
}

/// Bytes as they were read.
#[derive(Default)]
struct AsRead {
    recent: Recent,
    held: Held,
}

impl AsRead {
    /// A frame, if it is there.
    fn frame(&self, place: Place) -> Option<&[u8]> {
        let range = place.offset..place.end();
        let recent = self.recent.get(range.clone());
        recent.or_else(|| self.held.get(range))
    }
}

/// The stretches of the file that were read last.
#[derive(Default)]
struct Recent {
    stretches: VecDeque<(u64, Vec<u8>)>,
    bytes: usize,
}

impl Recent {
    fn add(&mut self, offset: u64, bytes: Vec<u8>) {
        self.bytes += bytes.len();
        self.stretches.push_back((offset, bytes));
        while self.bytes > STORED && self.stretches.len() > 1 {
            let oldest = self.stretches.pop_front();
            self.bytes -= oldest.map_or(0, |(_, bytes)| bytes.len());
        }
    }

    fn get(&self, range: Range<u64>) -> Option<&[u8]> {
        self.stretches.iter().rev().find_map(|(offset, bytes)| {
            let from = usize::try_from(range.start.checked_sub(*offset)?).ok()?;
            let to = usize::try_from(range.end.checked_sub(*offset)?).ok()?;
            bytes.get(from..to)
        })
    }
}

/// Decoded frames by offset; when they have too many bytes, all are forgotten.
struct Bounded<T> {
    map: HashMap<u64, T>,
    bytes: usize,
    most: usize,
}

impl<T> Bounded<T> {
    fn new(most: usize) -> Self {
        Self {
            map: HashMap::new(),
            bytes: 0,
            most,
        }
    }

    fn add(&mut self, place: Place, bytes: usize, decoded: T) {
        if self.bytes + bytes > self.most {
            self.map.clear();
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.map.insert(place.offset, decoded);
    }
}
