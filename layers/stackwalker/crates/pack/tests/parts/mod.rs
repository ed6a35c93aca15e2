//! A pack taken apart into numbers, bytes and places, and put together again.
//!
//! Written from `docs/pack-format.md` alone, as a stranger would. It takes apart what is sound and
//! leaves the rest in bytes.

mod numbers;
mod tables;

use zstd::bulk::Compressor;

use self::numbers::{Numbers, put, unsigned};
use self::tables::{directory, entries, ranges, runs};

const MAGIC: &[u8; 8] = b"MOONPACK";
const HEAD: usize = 12;
const TRAILER: usize = 32;
/// No frame of a fuzzed pack decompresses to more, except by a changed head.
const MOST: usize = 1 << 20;

/// A piece of a page or of the directory.
#[derive(Clone, Debug)]
pub enum Token {
    /// A varint.
    Number(u64),
    /// A place in a list: the frame with this number; `true` for the first of the list.
    Place(usize, bool),
    /// The dictionary's place: offset and length.
    Dictionary(usize),
    /// Bytes without a length before them.
    Raw(Vec<u8>),
}

/// A frame by what is in it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The kind in its head.
    pub kind: u8,
    /// Its content; text and dictionary are one [`Token::Raw`].
    pub tokens: Vec<Token>,
    /// What its head says of its length, if that is a lie.
    pub says: Option<u32>,
    at: u64,
}

impl Frame {
    /// A frame of these bytes.
    pub fn of(kind: u8, raw: Vec<u8>) -> Self {
        Self {
            kind,
            tokens: vec![Token::Raw(raw)],
            says: None,
            at: u64::MAX,
        }
    }
}

/// A pack by its frames; the directory is the last.
#[derive(Clone, Debug)]
pub struct Parts {
    /// All frames in the order of the file.
    pub frames: Vec<Frame>,
    /// The two versions in the trailer.
    pub versions: [u16; 2],
}

impl Parts {
    /// Takes a pack apart; nothing if its frames do not follow one another.
    pub fn of(pack: &[u8]) -> Option<Self> {
        let end = pack.len().checked_sub(TRAILER)?;
        let stored = stored_frames(pack, end)?;
        let dictionary = stored.iter().find(|frame| frame.1 == 4);
        let dictionary = dictionary.and_then(|frame| Unpack::with(&[])?.take(frame));
        let dictionary = dictionary.unwrap_or_default();
        let [text, plain] = &mut [Unpack::with(&dictionary)?, Unpack::with(&[])?];
        let mut frames = Vec::new();
        for frame in &stored {
            let from = if frame.1 <= 2 {
                &mut *text
            } else {
                &mut *plain
            };
            frames.push(Frame {
                at: frame.0,
                ..Frame::of(frame.1, from.take(frame)?)
            });
        }
        let half = |at: usize| u16::from_le_bytes([pack[end + at], pack[end + at + 1]]);
        let mut parts = Self {
            frames,
            versions: [half(12), half(14)],
        };
        parts.take_directory();
        Some(parts)
    }

    /// The pack of these parts, every checksum right.
    pub fn pack(&self) -> Vec<u8> {
        let dictionary = self.frames.iter().find(|frame| frame.kind == 4);
        let dictionary = dictionary.map_or_else(Vec::new, |frame| bytes(&frame.tokens, &[]));
        let [text, plain] = &mut [compressor(&dictionary), compressor(&[])];
        let (mut out, mut places) = (MAGIC.to_vec(), Vec::new());
        for frame in &self.frames {
            let with = if frame.kind <= 2 {
                &mut *text
            } else {
                &mut *plain
            };
            let raw = bytes(&frame.tokens, &places);
            let at = out.len() as u64;
            append(&mut out, frame, &raw, with);
            places.push((at, out.len() as u64 - at));
        }
        let (at, length) = places.last().copied().unwrap_or((8, 0));
        let mut trailer = at.to_le_bytes().to_vec();
        trailer.extend_from_slice(&(length as u32).to_le_bytes());
        trailer.extend(self.versions.iter().flat_map(|half| half.to_le_bytes()));
        let sum = crc32fast::hash(&trailer);
        trailer.extend_from_slice(&sum.to_le_bytes());
        trailer.extend_from_slice(&[0; 4]);
        trailer.extend_from_slice(MAGIC);
        out.extend(trailer);
        out
    }

    /// Addresses at which the pack may say something: where its entries begin, and ends.
    pub fn addresses(&self) -> Vec<u64> {
        let mut all = vec![0, 1, u64::MAX];
        for frame in self.frames.iter().filter(|frame| frame.kind == 3) {
            let raw = bytes(&frame.tokens, &[]);
            all.extend(entries(&mut Numbers(&raw)).unwrap_or_default());
        }
        all.truncate(48);
        all
    }

    fn take_directory(&mut self) {
        let frames = self.frames.clone();
        let Some(Token::Raw(raw)) = frames.last().map(|frame| &frame.tokens[0]) else {
            return;
        };
        let Some((tokens, pages)) = directory(raw, &frames) else {
            return;
        };
        for (index, page) in pages {
            let Token::Raw(raw) = &frames[page].tokens[0] else {
                continue;
            };
            let taken = match index {
                5 | 6 => runs(raw, &frames),
                _ => ranges(raw, &frames),
            };
            self.frames[page].tokens = taken.unwrap_or_else(|| vec![Token::Raw(raw.clone())]);
        }
        if let Some(last) = self.frames.last_mut() {
            last.tokens = tokens;
        }
    }
}

/// Offset, kind, length and stored bytes of a frame.
type Stored<'a> = (u64, u8, usize, &'a [u8]);

fn stored_frames(pack: &[u8], end: usize) -> Option<Vec<Stored<'_>>> {
    let (mut at, mut frames) = (MAGIC.len(), Vec::new());
    while at < end {
        let word = |from: usize| {
            Some(u32::from_le_bytes(
                pack.get(from..from + 4)?.try_into().ok()?,
            ))
        };
        let (mixed, raw) = (word(at + 4)?, word(at + 8)?);
        let stored = pack.get(at + HEAD..at + HEAD + (mixed & 0xff_ffff) as usize)?;
        frames.push((at as u64, (mixed >> 24) as u8, raw as usize, stored));
        at += HEAD + stored.len();
    }
    (at == end).then_some(frames)
}

struct Unpack(zstd::bulk::Decompressor<'static>);

impl Unpack {
    fn with(dictionary: &[u8]) -> Option<Self> {
        let inner = zstd::bulk::Decompressor::with_dictionary(dictionary);
        inner.ok().map(Self)
    }

    fn take(&mut self, frame: &Stored<'_>) -> Option<Vec<u8>> {
        self.0.decompress(frame.3, frame.2.min(MOST)).ok()
    }
}

fn compressor(dictionary: &[u8]) -> Compressor<'static> {
    let mut inner = Compressor::with_dictionary(1, dictionary).expect("a compressor");
    inner.include_contentsize(false).expect("a plain setting");
    inner
}

fn append(out: &mut Vec<u8>, frame: &Frame, raw: &[u8], compressor: &mut Compressor<'_>) {
    let stored = compressor.compress(raw).expect("little to compress");
    let mut rest = (stored.len() as u32 | u32::from(frame.kind) << 24)
        .to_le_bytes()
        .to_vec();
    rest.extend_from_slice(&frame.says.unwrap_or(raw.len() as u32).to_le_bytes());
    rest.extend_from_slice(&stored);
    out.extend_from_slice(&crc32fast::hash(&rest).to_le_bytes());
    out.extend_from_slice(&rest);
}

/// Encodes tokens; places are those of the frames written so far, as (offset, length).
pub fn bytes(tokens: &[Token], places: &[(u64, u64)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut end = 0u64;
    for token in tokens {
        match token {
            Token::Number(number) => put(&mut out, *number),
            Token::Raw(bytes) => out.extend_from_slice(bytes),
            Token::Place(frame, first) => {
                let (at, length) = places.get(*frame).copied().unwrap_or((end, 99));
                let before = if *first { 0 } else { end };
                put(&mut out, unsigned(at.wrapping_sub(before) as i64));
                put(&mut out, length);
                end = at.wrapping_add(length);
            }
            Token::Dictionary(frame) => {
                let (at, length) = places.get(*frame).copied().unwrap_or((0, 0));
                put(&mut out, at);
                put(&mut out, length);
            }
        }
    }
    out
}
