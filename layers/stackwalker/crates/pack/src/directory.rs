//! The directory and the trailer: what a pack is of, and where everything in it stands.

use crate::error::{PackError, Result};
use crate::page::{Place, put_places, take_places};
use crate::wire::{Cursor, put, put_bytes};

/// First and last bytes of a pack.
pub(crate) const MAGIC: &[u8; 8] = b"MOONPACK";
/// The layout of frames, pages and directory.
pub const CONTAINER_VERSION: u16 = 1;
/// The rules that the index follows: those of `breakpad-symbols` 0.27.0.
pub const INDEX_VERSION: u16 = 1;
/// Length of the trailer, in bytes.
pub(crate) const TRAILER: usize = 32;

/// The place of a symbol file in a folder or store: `<debug file>/<debug id>/<name>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// The module's debug file.
    pub debug_file: String,
    /// Its identifier: GUID and age.
    pub debug_id: String,
    /// The file's name, with `.sym`.
    pub name: String,
}

/// What the real parser says of the whole text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// It reads it.
    #[default]
    Fine,
    /// A line that it cannot read.
    BadLine {
        /// Lines before it.
        line: u64,
    },
    /// A MODULE record that is not the first line.
    LateModule {
        /// Lines before it.
        line: u64,
    },
    /// Nothing in it that ends as a line does.
    Empty,
    /// No newline at the end.
    Unfinished {
        /// Lines before it.
        line: u64,
    },
}

impl Verdict {
    /// A stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "Fine",
            Self::BadLine { .. } => "BadLine",
            Self::LateModule { .. } => "LateModule",
            Self::Empty => "Empty",
            Self::Unfinished { .. } => "Unfinished",
        }
    }

    /// Lines before the place of the fault.
    #[must_use]
    pub fn line(self) -> Option<u64> {
        match self {
            Self::BadLine { line } | Self::LateModule { line } | Self::Unfinished { line } => {
                Some(line)
            }
            Self::Fine | Self::Empty => None,
        }
    }

    fn code(self) -> u64 {
        match self {
            Self::Fine => 0,
            Self::BadLine { .. } => 1,
            Self::LateModule { .. } => 2,
            Self::Empty => 3,
            Self::Unfinished { .. } => 4,
        }
    }

    fn of(code: u64, line: u64) -> Option<Self> {
        [
            Self::Fine,
            Self::BadLine { line },
            Self::LateModule { line },
            Self::Empty,
            Self::Unfinished { line },
        ]
        .into_iter()
        .find(|verdict| verdict.code() == code)
    }
}

/// What a pack says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Where it belongs.
    pub key: Key,
    /// The identifier in the MODULE record.
    pub module_id: String,
    /// The name in the MODULE record.
    pub module_name: String,
    /// The MODULE record without its line end.
    pub module_line: String,
    /// The address of the last `INFO URL`.
    pub url: Option<String>,
    /// Length of the text, in bytes.
    pub text_size: u64,
    /// SHA-256 of the text.
    pub text_sha256: [u8; 32],
    /// Lines, as the parser counts them.
    pub lines: u64,
    /// Whether the parser reads the text.
    pub verdict: Verdict,
}

/// The kinds of index, in the order of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// FUNC records by address.
    Func,
    /// STACK CFI INIT records by address.
    Cfi,
    /// STACK WIN records of type 4 by address.
    FrameData,
    /// STACK WIN records of type 0 by address.
    Fpo,
    /// PUBLIC records by address.
    Public,
    /// FILE records by id.
    File,
    /// INLINE_ORIGIN records by id.
    Origin,
}

impl Section {
    /// All of them, in the order of the format.
    pub const ALL: [Self; 7] = [
        Self::Func,
        Self::Cfi,
        Self::FrameData,
        Self::Fpo,
        Self::Public,
        Self::File,
        Self::Origin,
    ];
}

/// The top of one index: the first key of each page and where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Top {
    pub(crate) records: u64,
    pub(crate) pages: Vec<(u64, Place)>,
}

impl Top {
    /// The page that holds the last key not above `key`.
    pub(crate) fn page(&self, key: u64) -> Option<Place> {
        let after = self.pages.partition_point(|(first, _)| *first <= key);
        Some(self.pages[after.checked_sub(1)?].1)
    }
}

/// Everything found from the end of a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    pub(crate) header: Header,
    /// Bytes of frames of text, from the start of the file.
    pub(crate) text_frames: u64,
    /// The parts of the order of the text.
    pub(crate) order: Vec<Place>,
    pub(crate) dictionary: Option<Place>,
    /// Where in the dictionary the names begin.
    pub(crate) dictionary_names: usize,
    pub(crate) tops: [Top; 7],
}

impl Directory {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let header = &self.header;
        for text in [
            &header.key.debug_file,
            &header.key.debug_id,
            &header.key.name,
            &header.module_id,
            &header.module_name,
            &header.module_line,
        ] {
            put_bytes(&mut out, text.as_bytes());
        }
        put(&mut out, u64::from(header.url.is_some()));
        put_bytes(&mut out, header.url.as_deref().unwrap_or("").as_bytes());
        put(&mut out, header.text_size);
        put_bytes(&mut out, &header.text_sha256);
        put(&mut out, header.lines);
        put(&mut out, header.verdict.code());
        put(&mut out, header.verdict.line().unwrap_or(0));
        put(&mut out, self.text_frames);
        put_places(&mut out, self.order.iter().copied());
        let dictionary = self.dictionary.unwrap_or_default();
        put(&mut out, dictionary.offset);
        put(&mut out, u64::from(dictionary.length));
        put(&mut out, self.dictionary_names as u64);
        for top in &self.tops {
            put(&mut out, top.records);
            put(&mut out, top.pages.len() as u64);
            let mut before = (0, Place::default());
            for &(first, place) in &top.pages {
                put(&mut out, first - before.0);
                place.put(&mut out, before.1);
                before = (first, place);
            }
        }
        out
    }

    pub(crate) fn decode(raw: &[u8], offset: u64) -> Result<Self> {
        let cursor = &mut Cursor::new(raw, offset);
        let key = Key {
            debug_file: text(cursor)?,
            debug_id: text(cursor)?,
            name: text(cursor)?,
        };
        let (module_id, module_name, module_line) = (text(cursor)?, text(cursor)?, text(cursor)?);
        let has_url = cursor.take()? == 1;
        let url = Some(text(cursor)?).filter(|_| has_url);
        let text_size = cursor.take()?;
        let sum = cursor.take_bytes()?.try_into();
        let text_sha256 = sum.map_err(|_| cursor.bad("hash of the text"))?;
        let lines = cursor.take()?;
        let verdict = Verdict::of(cursor.take()?, cursor.take()?);
        let verdict = verdict.ok_or_else(|| cursor.bad("verdict"))?;
        let text_frames = cursor.take()?;
        let order = take_places(cursor)?;
        let dictionary = Place {
            offset: cursor.take()?,
            length: cursor.take_u32()?,
        };
        let dictionary_names = cursor.take_u32()? as usize;
        let mut tops: [Top; 7] = Default::default();
        for top in &mut tops {
            *top = take_top(cursor)?;
        }
        cursor.finish()?;
        Ok(Self {
            header: Header {
                key,
                module_id,
                module_name,
                module_line,
                url,
                text_size,
                text_sha256,
                lines,
                verdict,
            },
            text_frames,
            order,
            dictionary: Some(dictionary).filter(|place| place.length > 0),
            dictionary_names,
            tops,
        })
    }
}

fn text(cursor: &mut Cursor<'_>) -> Result<String> {
    let bytes = cursor.take_bytes()?.to_vec();
    String::from_utf8(bytes).map_err(|_| cursor.bad("text that is not UTF-8"))
}

fn take_top(cursor: &mut Cursor<'_>) -> Result<Top> {
    let records = cursor.take()?;
    let mut pages = Vec::new();
    let mut before = (0u64, Place::default());
    for _ in 0..cursor.take_count()? {
        let first = before.0.checked_add(cursor.take()?);
        let first = first.ok_or_else(|| cursor.bad("first key of a page"))?;
        before = (first, Place::take(cursor, before.1)?);
        pages.push(before);
    }
    Ok(Top { records, pages })
}

/// The last bytes of a pack, which say where its directory is.
pub(crate) fn encode_trailer(directory: Place) -> [u8; TRAILER] {
    let mut out = [0; TRAILER];
    out[..8].copy_from_slice(&directory.offset.to_le_bytes());
    out[8..12].copy_from_slice(&directory.length.to_le_bytes());
    out[12..14].copy_from_slice(&CONTAINER_VERSION.to_le_bytes());
    out[14..16].copy_from_slice(&INDEX_VERSION.to_le_bytes());
    let sum = crc32fast::hash(&out[..16]);
    out[16..20].copy_from_slice(&sum.to_le_bytes());
    out[24..].copy_from_slice(MAGIC);
    out
}

/// Which index versions a reader takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    /// The one that this program knows the rules of.
    Known,
    /// Any, since only the text is wanted.
    Any,
}

/// Reads the trailer of a file of `total` bytes: where the directory is.
pub(crate) fn decode_trailer(bytes: &[u8], total: u64, index: Index) -> Result<Place> {
    let bytes: &[u8; TRAILER] = bytes
        .try_into()
        .map_err(|_| PackError::NotAPack("shorter than a trailer"))?;
    if &bytes[24..] != MAGIC {
        return Err(PackError::NotAPack("it does not end with MOONPACK"));
    }
    let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    if half(12) != CONTAINER_VERSION {
        return Err(PackError::ContainerVersion {
            found: half(12),
            known: CONTAINER_VERSION,
        });
    }
    let word = |at: usize| {
        let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        u32::from_le_bytes(four)
    };
    let start = total - TRAILER as u64;
    let bad = |what| PackError::Damaged {
        what,
        offset: start,
    };
    if word(16) != crc32fast::hash(&bytes[..16]) || word(20) != 0 {
        return Err(bad("checksum of the trailer"));
    }
    if index == Index::Known && half(14) != INDEX_VERSION {
        return Err(PackError::IndexVersion {
            found: half(14),
            known: INDEX_VERSION,
        });
    }
    let place = Place {
        offset: u64::from(word(0)) | u64::from(word(4)) << 32,
        length: word(8),
    };
    if place.end() != start {
        return Err(bad("place of the directory"));
    }
    Ok(place)
}
