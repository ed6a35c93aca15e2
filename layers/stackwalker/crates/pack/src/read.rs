//! Reading a pack by ranges: whatever its bytes are, an error by name is the worst that happens.

use std::collections::HashMap;
use std::ops::AddAssign;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::directory::{Directory, Header, Index, MAGIC, Section, TRAILER, decode_trailer};
use crate::error::{PackError, Result};
use crate::frame::{Decoder, HEAD, Head, Kind, MAX_FRAME};
use crate::page::{self, Entry, Lines, Page, Place, Run};
use crate::ranges::{RangeReader, ReadCost};

/// Bytes asked for first, from the end: the whole of a small pack, directory and dictionary of a
/// large one.
const SUFFIX: u64 = 64 * 1024;
/// Decoded bytes that a pack keeps; when there are more, it forgets them all.
const KEPT: usize = 32 << 20;

/// An open pack. It remembers what it decoded.
pub struct Pack<R> {
    reader: R,
    directory: Directory,
    size: u64,
    dictionary: Vec<u8>,
    kept: Mutex<Kept>,
}

struct Kept {
    plain: Decoder,
    text: Decoder,
    frames: HashMap<u64, (Kind, Arc<Vec<u8>>)>,
    pages: HashMap<u64, Page>,
    bytes: usize,
    decoded: u64,
}

/// What was read of a pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackCost {
    /// Requests and bytes.
    pub read: ReadCost,
    /// Frames (blocks, index pages) that were checked and decompressed.
    pub blocks: u64,
}

impl AddAssign for PackCost {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.blocks += other.blocks;
    }
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
        if !fits(place, size) {
            return Err(damaged("place of the directory", place));
        }
        let mut plain = Decoder::new(&[])?;
        let bytes = get(&reader, &tail, start, place).await?;
        let Ok((Kind::Directory, raw)) = plain.decode(&bytes, place.offset) else {
            return Err(damaged("directory", place));
        };
        let directory = Directory::decode(&raw, place.offset)?;
        let mut dictionary = Vec::new();
        if let Some(place) = directory.dictionary {
            if !fits(place, size) {
                return Err(damaged("place of the dictionary", place));
            }
            let bytes = get(&reader, &tail, start, place).await?;
            match plain.decode(&bytes, place.offset)? {
                (Kind::Dictionary, raw) => dictionary = raw,
                _ => return Err(damaged("dictionary", place)),
            }
        }
        if directory.dictionary_names > dictionary.len() {
            return Err(damaged("names of the dictionary", place));
        }
        let kept = Kept {
            plain,
            text: Decoder::new(&dictionary)?,
            frames: HashMap::new(),
            pages: HashMap::new(),
            bytes: 0,
            decoded: 0,
        };
        Ok(Self {
            reader,
            directory,
            size,
            dictionary,
            kept: Mutex::new(kept),
        })
    }

    /// What the pack says of itself.
    pub fn header(&self) -> &Header {
        &self.directory.header
    }

    /// What was read of it so far.
    pub fn cost(&self) -> PackCost {
        PackCost {
            read: self.reader.cost(),
            blocks: self.kept().decoded,
        }
    }

    /// Length of the pack, in bytes.
    pub fn size(&self) -> u64 {
        self.size
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

    /// The names that the dictionary holds, as lines.
    pub(crate) fn dictionary_names(&self) -> &[u8] {
        &self.dictionary[self.directory.dictionary_names..]
    }

    /// The page that may hold `key`.
    pub(crate) fn page(&self, section: Section, key: u64) -> Option<Place> {
        self.directory.tops[section as usize].page(key)
    }

    /// Reads the frames that are not yet known, all at once.
    pub(crate) async fn fetch(&self, places: &[Place]) -> Result<()> {
        let mut missing: Vec<Place> = {
            let kept = self.kept();
            let unknown = |place: &&Place| !kept.frames.contains_key(&place.offset);
            places.iter().filter(unknown).copied().collect()
        };
        missing.sort_unstable();
        missing.dedup();
        if let Some(place) = missing.iter().find(|place| !self.fits(**place)) {
            return Err(damaged("place of a frame", *place));
        }
        if missing.is_empty() {
            return Ok(());
        }
        let ranges: Vec<_> = missing.iter().map(|at| at.offset..at.end()).collect();
        let read = self.reader.ranges(&ranges).await?;
        let mut kept = self.kept();
        for (place, bytes) in missing.iter().zip(read) {
            kept.add(*place, &bytes)?;
        }
        Ok(())
    }

    fn fits(&self, place: Place) -> bool {
        fits(place, self.size)
    }

    async fn frame_bytes(&self, place: Place) -> Result<Vec<u8>> {
        if !self.fits(place) {
            return Err(damaged("place of a block", place));
        }
        one(&self.reader, place).await
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn frame(&self, place: Place) -> Result<(Kind, Arc<Vec<u8>>)> {
        loop {
            if let Some(frame) = self.kept().frames.get(&place.offset) {
                return Ok(frame.clone());
            }
            self.fetch(&[place]).await?;
        }
    }

    /// The entry with the greatest start not above `address`.
    pub(crate) async fn entry(&self, section: Section, address: u64) -> Result<Option<Entry>> {
        let Some(place) = self.page(section, address) else {
            return Ok(None);
        };
        if let Some(page) = self.kept().pages.get(&place.offset) {
            return Ok(page.entry(address));
        }
        let (Kind::Page, raw) = self.frame(place).await? else {
            return Err(damaged("kind of a page", place));
        };
        let page = page::decode(&raw, place.offset)?;
        let entry = page.entry(address);
        self.kept().pages.insert(place.offset, page);
        Ok(entry)
    }

    /// The run of ids that holds `id`.
    pub(crate) async fn run(&self, section: Section, id: u32) -> Result<Option<Run>> {
        let Some(place) = self.page(section, u64::from(id)) else {
            return Ok(None);
        };
        let (Kind::Page, raw) = self.frame(place).await? else {
            return Err(damaged("kind of a page", place));
        };
        let runs = page::decode_runs(&raw, place.offset)?;
        let after = runs.partition_point(|run| run.first <= id);
        let run = after.checked_sub(1).map(|at| runs[at]);
        Ok(run.filter(|run| id - run.first < run.count))
    }

    /// A block of text; nothing if the parser passes over it.
    pub(crate) async fn block(&self, place: Place) -> Result<Option<Arc<Vec<u8>>>> {
        match self.frame(place).await? {
            (Kind::Text, raw) => Ok(Some(raw)),
            (Kind::Unread, _) => Ok(None),
            _ => Err(damaged("kind of a block", place)),
        }
    }

    /// Appends the lines of a record.
    pub(crate) async fn lines(&self, lines: &Lines, out: &mut Vec<u8>) -> Result<()> {
        self.fetch(&lines.blocks).await?;
        let (mut skip, mut left) = (lines.offset, lines.length);
        for &place in &lines.blocks {
            let Some(block) = self.block(place).await? else {
                continue;
            };
            let from = skip.min(block.len());
            let to = (from + left).min(block.len());
            out.extend_from_slice(&block[from..to]);
            skip -= from;
            left -= to - from;
        }
        let place = lines.blocks.first().copied().unwrap_or_default();
        if left > 0 || out.last() != Some(&b'\n') {
            return Err(damaged("lines of a record", place));
        }
        Ok(())
    }

    /// The text, block by block, checked against its hash at the end.
    pub fn text(&self) -> Text<'_, R> {
        Text {
            pack: self,
            next: MAGIC.len() as u64,
            size: 0,
            hash: Sha256::new(),
        }
    }
}

impl Kept {
    fn add(&mut self, place: Place, bytes: &[u8]) -> Result<()> {
        let (kind, raw) = self.decode(place, bytes)?;
        if self.bytes.saturating_add(raw.len()) > KEPT {
            self.frames.clear();
            self.pages.clear();
            self.bytes = 0;
        }
        self.bytes += raw.len();
        self.frames.insert(place.offset, (kind, Arc::new(raw)));
        Ok(())
    }

    fn decode(&mut self, place: Place, bytes: &[u8]) -> Result<(Kind, Vec<u8>)> {
        let head = Head::parse(bytes, place.offset)?;
        self.decoded += 1;
        match head.kind {
            Kind::Text | Kind::Unread => self.text.decode(bytes, place.offset),
            _ => self.plain.decode(bytes, place.offset),
        }
    }
}

/// The text of a pack on its way out.
pub struct Text<'a, R> {
    pack: &'a Pack<R>,
    next: u64,
    size: u64,
    hash: Sha256,
}

impl<R: RangeReader> Text<'_, R> {
    /// The next piece; nothing at the end, when length and hash were found to fit.
    ///
    /// # Errors
    /// A frame is damaged, the whole is not the text that was packed, or reading fails.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let pack = self.pack;
        let at = |length: usize| Place {
            offset: self.next,
            length: length as u32,
        };
        if self.next - MAGIC.len() as u64 >= pack.directory.text_frames {
            let header = pack.header();
            let sum: [u8; 32] = self.hash.clone().finalize().into();
            if self.size != header.text_size || sum != header.text_sha256 {
                return Err(damaged("hash of the text", at(0)));
            }
            return Ok(None);
        }
        let head = Head::parse(&pack.frame_bytes(at(HEAD)).await?, self.next)?;
        let place = at(HEAD + head.stored);
        let bytes = pack.frame_bytes(place).await?;
        let (kind, raw) = pack.kept().decode(place, &bytes)?;
        if !matches!(kind, Kind::Text | Kind::Unread) {
            return Err(damaged("kind of a block", place));
        }
        self.next = place.end();
        self.size += raw.len() as u64;
        self.hash.update(&raw);
        Ok(Some(raw))
    }
}

/// Whether a frame can be there; nothing is asked for, or allocated, before this holds.
fn fits(place: Place, size: u64) -> bool {
    (HEAD..=HEAD + MAX_FRAME).contains(&(place.length as usize)) && place.end() <= size
}

fn damaged(what: &'static str, place: Place) -> PackError {
    PackError::Damaged {
        what,
        offset: place.offset,
    }
}

/// Bytes of the file, from the tail that was read first if they are in it.
async fn get(reader: &impl RangeReader, tail: &[u8], start: u64, at: Place) -> Result<Vec<u8>> {
    if let Some(from) = at.offset.checked_sub(start) {
        let known = tail
            .get(from as usize..)
            .and_then(|rest| rest.get(..at.length as usize));
        return known
            .map(<[u8]>::to_vec)
            .ok_or_else(|| damaged("place of a frame", at));
    }
    one(reader, at).await
}

async fn one(reader: &impl RangeReader, at: Place) -> Result<Vec<u8>> {
    let range = at.offset..at.end();
    let mut read = reader.ranges(std::slice::from_ref(&range)).await?;
    read.pop()
        .ok_or_else(|| damaged("answer of the reader", at))
}
