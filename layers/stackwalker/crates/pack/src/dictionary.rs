//! The dictionary of a pack: what its blocks have in common, and the names that are used most.
//!
//! Blocks are small, so each alone compresses badly; and most look-ups need a few names that many
//! functions share. One piece of text serves both: samples first, then the names, since zstd
//! refers to the nearest bytes most cheaply.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::error::Result;
use crate::frame::Kind;
use crate::grammar::NameKind;
use crate::scan::{Class, Records};

/// The dictionary is this part of the text, within its limits. Measured: ADR 8.
const SHARE: u64 = 24;
const LARGEST: u64 = 64 * 1024;
/// Smaller ones do not pay for their own frame.
const SMALLEST: u64 = 1024;
/// Bytes taken from one place of the text.
const SAMPLE: u64 = 512;
/// Longer names are left where they are.
const LONGEST_NAME: usize = 1024;

/// A dictionary, and where in it the names begin.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    pub(crate) bytes: Vec<u8>,
    pub(crate) names: usize,
}

impl Dictionary {
    /// Makes the dictionary of a text that was scanned.
    pub(crate) fn make(source: &File, found: &Records) -> Result<Self> {
        let budget = (found.text / SHARE).min(LARGEST);
        if budget < SMALLEST {
            return Ok(Self::default());
        }
        let names = shared_names(source, found, budget / 2)?;
        let mut bytes = samples(source, found, budget - names.len() as u64)?;
        let at = bytes.len();
        bytes.extend_from_slice(&names);
        Ok(Self { bytes, names: at })
    }
}

fn shared_names(source: &File, found: &Records, budget: u64) -> Result<Vec<u8>> {
    let mut ranked: Vec<(u32, NameKind, u32)> = Vec::new();
    for (kind, uses) in NameKind::ALL.into_iter().zip(&found.uses) {
        ranked.extend(uses.shared().map(|(count, id)| (count, kind, id)));
    }
    ranked.sort_by_key(|&(count, kind, id)| (std::cmp::Reverse(count), kind, id));
    let mut lines = Vec::new();
    let mut total = 0;
    for (_, kind, id) in ranked {
        let Some(&text) = found.names.get(&(kind, id)) else {
            continue;
        };
        if let Some(line) = line_at(source, text, LONGEST_NAME)? {
            total += line.len() as u64;
            if total > budget {
                break;
            }
            lines.push(line);
        }
    }
    lines.reverse();
    Ok(lines.concat())
}

/// The line at an offset of the text, if it ends within `longest` bytes.
pub(crate) fn line_at(source: &File, text: u64, longest: usize) -> io::Result<Option<Vec<u8>>> {
    let mut line = read_up_to(source, text, longest)?;
    let end = memchr::memchr(b'\n', &line);
    Ok(end.map(|end| {
        line.truncate(end + 1);
        line
    }))
}

fn read_up_to(source: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let mut size = 0;
    while size < length {
        match source.read_at(&mut bytes[size..], offset + size as u64)? {
            0 => break,
            more => size += more,
        }
    }
    bytes.truncate(size);
    Ok(bytes)
}

/// Whole lines from places spread evenly over each class of blocks, in proportion to its size.
fn samples(source: &File, found: &Records, budget: u64) -> Result<Vec<u8>> {
    let classes = [Class::Names, Class::Public, Class::Stack, Class::Func];
    let mut starts: [Vec<u64>; 4] = Default::default();
    let (mut sizes, mut start) = ([0u64; 4], 0);
    for cut in &found.cuts {
        if let Some(class) = classes.iter().position(|class| *class == cut.class)
            && cut.kind == Kind::Text
        {
            starts[class].push(start);
            sizes[class] += cut.end - start;
        }
        start = cut.end;
    }
    let total: u64 = sizes.iter().sum::<u64>().max(1);
    let mut out = Vec::new();
    for (starts, size) in starts.iter().zip(sizes) {
        let share = (u128::from(budget) * u128::from(size) / u128::from(total)) as u64;
        let wanted = (share / SAMPLE) as usize;
        for sample in 0..wanted.min(starts.len()) {
            let at = starts[sample * starts.len() / wanted.min(starts.len())];
            let bytes = read_up_to(source, at, SAMPLE as usize)?;
            let end = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
            out.extend_from_slice(&bytes[..end]);
        }
    }
    Ok(out)
}
