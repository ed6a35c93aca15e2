//! Frames: the one shape that everything in a pack is stored in, each with its own checksum.

use crate::error::{PackError, Result};

/// Length of a frame's head, in bytes.
pub(crate) const HEAD: usize = 12;
/// Largest content of a frame, stored or decoded, in bytes.
pub(crate) const MAX_FRAME: usize = (1 << 24) - 1;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Lines that the parser reads.
    Text = 1,
    /// Bytes that it passes over, or anything of a corrupt file.
    Unread = 2,
    Page = 3,
    Dictionary = 4,
    Directory = 5,
    /// Where the blocks stand, in the order of the text.
    Order = 6,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        [
            Self::Text,
            Self::Unread,
            Self::Page,
            Self::Dictionary,
            Self::Directory,
            Self::Order,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
    }
}

/// Compresses frames of one kind of content; text with the pack's dictionary.
pub(crate) struct Encoder(zstd::bulk::Compressor<'static>);

impl Encoder {
    pub(crate) fn new(level: i32, dictionary: &[u8]) -> Result<Self> {
        let mut inner = zstd::bulk::Compressor::with_dictionary(level, dictionary)?;
        inner.include_contentsize(false)?;
        inner.include_dictid(false)?;
        Ok(Self(inner))
    }

    /// Appends one frame to `out` and gives its length there.
    pub(crate) fn append(&mut self, out: &mut Vec<u8>, kind: Kind, raw: &[u8]) -> Result<u32> {
        let stored = self.0.compress(raw)?;
        if raw.len() > MAX_FRAME || stored.len() > MAX_FRAME {
            return Err(PackError::TooLarge("content of a frame"));
        }
        let mut head = [0; HEAD];
        head[4..8].copy_from_slice(&(stored.len() as u32 | (kind as u32) << 24).to_le_bytes());
        head[8..12].copy_from_slice(&(raw.len() as u32).to_le_bytes());
        let sum = checksum(&head[4..], &stored);
        head[..4].copy_from_slice(&sum.to_le_bytes());
        out.extend_from_slice(&head);
        out.extend_from_slice(&stored);
        Ok((HEAD + stored.len()) as u32)
    }
}

/// A frame's head, read but not yet believed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    sum: u32,
    pub(crate) kind: Kind,
    pub(crate) stored: usize,
    raw: usize,
}

impl Head {
    /// Reads the head of the frame at `offset` of the file.
    pub(crate) fn parse(bytes: &[u8], offset: u64) -> Result<Self> {
        let bad = |what| PackError::Damaged { what, offset };
        let word = |at: usize| {
            let four = bytes.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(four))
        };
        let (Some(sum), Some(mixed), Some(raw)) = (word(0), word(4), word(8)) else {
            return Err(bad("frame cut short"));
        };
        if raw as usize > MAX_FRAME {
            return Err(bad("frame says it is too large"));
        }
        Ok(Self {
            sum,
            kind: Kind::of((mixed >> 24) as u8).ok_or_else(|| bad("unknown kind of frame"))?,
            stored: (mixed & 0xff_ffff) as usize,
            raw: raw as usize,
        })
    }

    /// Reads the head of the one frame that `bytes`, at `offset` of the file, consist of, and checks
    /// them against it.
    pub(crate) fn checked(bytes: &[u8], offset: u64) -> Result<Self> {
        let bad = |what| PackError::Damaged { what, offset };
        let head = Self::parse(bytes, offset)?;
        if bytes.len() != HEAD + head.stored {
            return Err(bad("frame of another length"));
        }
        if checksum(&bytes[4..HEAD], &bytes[HEAD..]) != head.sum {
            return Err(bad("checksum of a frame"));
        }
        Ok(head)
    }
}

/// Checks and decompresses frames.
pub(crate) struct Decoder(zstd::bulk::Decompressor<'static>);

impl Decoder {
    pub(crate) fn new(dictionary: &[u8]) -> Result<Self> {
        Ok(Self(zstd::bulk::Decompressor::with_dictionary(dictionary)?))
    }

    /// The kind and content of the one frame that `bytes`, at `offset` of the file, consist of.
    pub(crate) fn decode(&mut self, bytes: &[u8], offset: u64) -> Result<(Kind, Vec<u8>)> {
        let bad = |what| PackError::Damaged { what, offset };
        let head = Head::checked(bytes, offset)?;
        let raw = self
            .0
            .decompress(&bytes[HEAD..], head.raw)
            .map_err(|_| bad("compressed content"))?;
        if raw.len() != head.raw {
            return Err(bad("length of decompressed content"));
        }
        Ok((head.kind, raw))
    }
}

fn checksum(head: &[u8], stored: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(head);
    hasher.update(stored);
    hasher.finalize()
}
