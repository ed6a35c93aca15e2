//! Writing a pack from what the first pass over the text found.

use std::fs::File;
use std::io::Write;

use crate::build::Work;
use crate::compress::compress;
use crate::dictionary::Dictionary;
use crate::directory::{Directory, MAGIC, Section, Top, encode_trailer};
use crate::error::{PackError, Result};
use crate::frame::{Encoder, Kind};
use crate::index::{self, Encoded};
use crate::order::physical;
use crate::page::{Blocks, MAX_PAGE, Place, encode_order};
use crate::scan::Records;

/// zstd level of everything: measured in ADR 8.
const LEVEL: i32 = 1;
/// Indexes whose pages stand side by side, by address: who needs one needs the others.
const TOGETHER: [Section; 4] = [
    Section::Func,
    Section::Cfi,
    Section::FrameData,
    Section::Fpo,
];

/// Writes the pack, fills in what `directory` says of it, and gives its length.
pub(crate) fn write(
    source: &File,
    found: Records,
    directory: &mut Directory,
    work: &Work<'_>,
    out: &mut impl Write,
) -> Result<u64> {
    let dictionary = Dictionary::make(source, &found)?;
    out.write_all(MAGIC)?;
    let places = text(source, &found, &dictionary, work, out)?;
    let end = places.iter().map(|place| place.end()).max();
    let position = end.unwrap_or(MAGIC.len() as u64);
    directory.text_frames = position - MAGIC.len() as u64;
    let mut frames = Frames {
        encoder: Encoder::new(LEVEL, &[])?,
        position,
        out,
    };
    for part in encode_order(&places) {
        directory.order.push(frames.append(Kind::Order, &part)?);
    }
    let blocks = Blocks {
        ends: found.cuts.iter().map(|cut| cut.end).collect(),
        read: found
            .cuts
            .iter()
            .map(|cut| cut.kind == Kind::Text)
            .collect(),
        places,
    };
    directory.tops = frames.indexes(index::make(source, found, &blocks)?)?;
    if !dictionary.bytes.is_empty() {
        directory.dictionary = Some(frames.append(Kind::Dictionary, &dictionary.bytes)?);
        directory.dictionary_names = dictionary.names;
    }
    let place = frames.append(Kind::Directory, &directory.encode())?;
    let trailer = encode_trailer(place);
    out.write_all(&trailer)?;
    Ok(place.end() + trailer.len() as u64)
}

/// Writes the blocks, and tells where each stands, in the order of the text.
fn text(
    source: &File,
    found: &Records,
    dictionary: &Dictionary,
    work: &Work<'_>,
    out: &mut impl Write,
) -> Result<Vec<Place>> {
    let order = physical(found);
    let mut places = vec![Place::default(); order.len()];
    let mut offset = MAGIC.len() as u64;
    let mut numbers = order.iter();
    let (dictionary, threads) = (&dictionary.bytes, work.threads);
    compress(
        source,
        found,
        &order,
        LEVEL,
        dictionary,
        threads,
        |frames| {
            for (length, &number) in frames.lengths.into_iter().zip(&mut numbers) {
                places[number as usize] = Place { offset, length };
                offset += u64::from(length);
            }
            work.add(frames.text);
            out.write_all(&frames.bytes)
        },
    )?;
    Ok(places)
}

/// Appends frames that are not text.
struct Frames<'a, W> {
    encoder: Encoder,
    position: u64,
    out: &'a mut W,
}

impl<W: Write> Frames<'_, W> {
    fn append(&mut self, kind: Kind, raw: &[u8]) -> Result<Place> {
        let mut frame = Vec::new();
        let length = self.encoder.append(&mut frame, kind, raw)?;
        self.out.write_all(&frame)?;
        let offset = self.position;
        self.position += u64::from(length);
        Ok(Place { offset, length })
    }

    fn indexes(&mut self, indexes: [Encoded; 7]) -> Result<[Top; 7]> {
        let mut tops: [Top; 7] = Default::default();
        let mut pages = Vec::new();
        for ((section, top), index) in Section::ALL.into_iter().zip(&mut tops).zip(indexes) {
            top.records = index.records;
            let apart = !TOGETHER.contains(&section);
            let keyed = index.pages.into_iter();
            pages.extend(keyed.map(|(first, raw)| (apart, first, section, raw)));
        }
        pages.sort_by_key(|&(apart, first, section, _)| (apart.then_some(section), first, section));
        for (_, first, section, raw) in pages {
            if raw.len() > MAX_PAGE {
                return Err(PackError::TooLarge("page of an index"));
            }
            let place = self.append(Kind::Page, &raw)?;
            tops[section as usize].pages.push((first, place));
        }
        Ok(tops)
    }
}
