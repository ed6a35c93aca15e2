//! Reading a pack by ranges: whatever its bytes are, an error by name is the worst that happens.

use crate::directory::{Directory, Header, Index, Section, TRAILER, decode_trailer};
use crate::error::{PackError, Result};
use crate::frame::{Decoder, Kind};
use crate::frames::{Frames, PackCost, check, damaged, read_one};
use crate::hot::HotNames;
use crate::kept::{Block, Kept};
use crate::page::{self, Entry, Lines, Place, Run};
use crate::ranges::RangeReader;
use crate::text::Text;

/// Bytes asked for first, from the end: the whole of a small pack, directory and dictionary of a
/// large one.
const SUFFIX: u64 = 64 * 1024;

/// An open pack. It remembers what it read.
pub struct Pack<R> {
    frames: Frames<R>,
    directory: Directory,
    hot: HotNames,
}

/// The part of a pack that one index takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionSize {
    /// Which index.
    pub section: Section,
    /// Records in it.
    pub records: u64,
    /// Pages it consists of.
    pub pages: usize,
    /// Bytes of those pages in the file.
    pub bytes: u64,
}

impl<R: RangeReader> Pack<R> {
    /// Opens a pack: one read, or up to three if it is large.
    ///
    /// # Errors
    /// The file is no pack, or a damaged one, or of an unknown version, or reading fails.
    pub async fn open(reader: R) -> Result<Self> {
        Self::load(reader, Index::Known).await
    }

    /// Opens a pack whose index may follow rules of another release, for its text alone: slices
    /// of it may answer wrongly.
    ///
    /// # Errors
    /// As [`Pack::open`], without that of the index version.
    pub async fn open_for_text(reader: R) -> Result<Self> {
        Self::load(reader, Index::Any).await
    }

    async fn load(reader: R, index: Index) -> Result<Self> {
        let (tail, size) = reader.suffix(SUFFIX).await?;
        let start = size
            .checked_sub(tail.len() as u64)
            .ok_or(PackError::NotAPack("its length does not fit"))?;
        let trailer = tail.len().saturating_sub(TRAILER);
        let place = decode_trailer(&tail[trailer..], size, index)?;
        let opening = Opening {
            reader: &reader,
            tail: &tail,
            start,
            size,
        };
        let raw = opening.frame(place, Kind::Directory).await?;
        let directory = Directory::decode(&raw, place.offset)?;
        let mut dictionary = Vec::new();
        if let Some(place) = directory.dictionary {
            dictionary = opening.frame(place, Kind::Dictionary).await?;
        }
        if directory.dictionary_names > dictionary.len() {
            return Err(damaged("names of the dictionary", place));
        }
        let mut kept = Kept::new(&dictionary)?;
        kept.store(start, tail);
        dictionary.drain(..directory.dictionary_names);
        Ok(Self {
            frames: Frames::new(reader, size, directory.text_frames, kept),
            directory,
            hot: HotNames::new(dictionary),
        })
    }

    /// What the pack says of itself.
    pub fn header(&self) -> &Header {
        &self.directory.header
    }

    /// What was read of it so far.
    pub fn cost(&self) -> PackCost {
        self.frames.cost()
    }

    /// Length of the pack, in bytes.
    pub fn size(&self) -> u64 {
        self.frames.size
    }

    /// Bytes that the text takes in the file, in blocks.
    pub fn text_bytes(&self) -> u64 {
        self.directory.text_frames
    }

    /// Bytes that the dictionary takes in the file.
    pub fn dictionary_bytes(&self) -> u64 {
        let place = self.directory.dictionary.unwrap_or_default();
        u64::from(place.length)
    }

    /// The size of each index.
    pub fn sections(&self) -> [SectionSize; 7] {
        Section::ALL.map(|section| {
            let top = &self.directory.tops[section as usize];
            SectionSize {
                section,
                records: top.records,
                pages: top.pages.len(),
                bytes: top.pages.iter().map(|(_, at)| u64::from(at.length)).sum(),
            }
        })
    }

    /// The names that the dictionary holds.
    pub(crate) fn hot_names(&self) -> &HotNames {
        &self.hot
    }

    /// The page that may hold `key`.
    pub(crate) fn page(&self, section: Section, key: u64) -> Option<Place> {
        self.directory.tops[section as usize].page(key)
    }

    /// The entry with the greatest start not above `address`.
    pub(crate) async fn entry(&self, section: Section, address: u64) -> Result<Option<Entry>> {
        let Some(place) = self.page(section, address) else {
            return Ok(None);
        };
        Ok(self.frames.page(place).await?.entry(address))
    }

    /// The run of ids that holds `id`.
    pub(crate) async fn run(&self, section: Section, id: u32) -> Result<Option<Run>> {
        let Some(place) = self.page(section, u64::from(id)) else {
            return Ok(None);
        };
        Ok(self.frames.runs(place).await?.of(id))
    }

    /// Reads frames that will be asked for, all at once.
    pub(crate) async fn fetch(&self, places: &[Place]) -> Result<()> {
        self.frames.fetch(places).await
    }

    /// Whether a frame can be had without reading.
    pub(crate) fn knows(&self, place: Place) -> bool {
        self.frames.knows(place)
    }

    /// Remembers what is read from now on until the end, up to so many bytes.
    pub fn hold(&self, bytes: usize) {
        self.frames.hold(bytes);
    }

    /// A block of text; nothing if the parser passes over it.
    pub(crate) async fn block(&self, place: Place) -> Result<Block> {
        self.frames.block(place).await
    }

    /// Appends the lines of a record, whose blocks were fetched.
    pub(crate) async fn lines(&self, lines: &Lines, out: &mut Vec<u8>) -> Result<()> {
        let (mut skip, mut left) = (lines.offset, lines.length);
        for &place in &lines.blocks {
            if left == 0 {
                break;
            }
            let Some(block) = self.block(place).await? else {
                continue;
            };
            let Some(from) = block.get(skip..).filter(|from| !from.is_empty()) else {
                return Err(damaged("offset in a block", place));
            };
            let taken = left.min(from.len());
            out.extend_from_slice(&from[..taken]);
            (skip, left) = (0, left - taken);
        }
        let place = lines.blocks.first().copied().unwrap_or_default();
        if left > 0 || out.last() != Some(&b'\n') {
            return Err(damaged("lines of a record", place));
        }
        Ok(())
    }

    /// The text, block by block, checked against its hash at the end.
    pub fn text(&self) -> Text<'_, R> {
        Text::of(self)
    }

    /// Where the blocks stand, in the order of the text: one part of that list.
    pub(crate) async fn order(&self, part: usize) -> Result<Option<Vec<Place>>> {
        let Some(&place) = self.directory.order.get(part) else {
            return Ok(None);
        };
        match self.frames.once(place).await? {
            (Kind::Order, raw) => Ok(Some(page::decode_order(&raw, place.offset)?)),
            _ => Err(damaged("kind of the order", place)),
        }
    }

    /// A block of text as it is, read for itself.
    pub(crate) async fn raw_block(&self, place: Place) -> Result<Vec<u8>> {
        match self.frames.once(place).await? {
            (Kind::Text | Kind::Unread, raw) => Ok(raw),
            _ => Err(damaged("kind of a block", place)),
        }
    }
}

/// What is at hand while a pack is opened.
struct Opening<'a, R> {
    reader: &'a R,
    tail: &'a [u8],
    start: u64,
    size: u64,
}

impl<R: RangeReader> Opening<'_, R> {
    /// The content of a frame of this kind.
    async fn frame(&self, place: Place, kind: Kind) -> Result<Vec<u8>> {
        check(place, self.size)?;
        let known = place.offset.checked_sub(self.start).and_then(|from| {
            let rest = self.tail.get(usize::try_from(from).ok()?..)?;
            rest.get(..place.length as usize)
        });
        let bytes = match known {
            Some(bytes) => bytes.to_vec(),
            None => read_one(self.reader, place, self.size).await?,
        };
        match Decoder::new(&[])?.decode(&bytes, place.offset)? {
            (found, raw) if found == kind => Ok(raw),
            _ => Err(damaged("kind of a frame", place)),
        }
    }
}
