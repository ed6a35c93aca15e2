//! The few lines of a symbol file that decide what it says about one address.

use std::collections::{BTreeMap, BTreeSet};

use breakpad_symbols::SymbolFile;

use crate::directory::{Section, Verdict};
use crate::error::{PackError, Result};
use crate::grammar::{self, FuncPart, NameKind};
use crate::page::{Entry, Lines, Place};
use crate::prefetch::NamesLeft;
use crate::ranges::RangeReader;
use crate::read::Pack;
use crate::validate::{LineReader, has_long_line};

/// What is asked about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Function, file, line and inlined functions: `fill_symbol`.
    Symbol,
    /// How to find the caller's registers: `walk_frame`.
    Unwind,
    /// Both.
    Both,
}

/// Lines that, given to the parser alone, answer for one address as the whole file would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Whole lines; empty if the file says nothing about the address.
    pub text: Vec<u8>,
}

impl Slice {
    /// What the parser makes of it.
    ///
    /// # Errors
    /// [`PackError::BadSlice`]: the lines are none that the parser reads, so the pack was made with
    /// malice.
    pub fn symbols(&self) -> Result<SymbolFile> {
        let text: &[u8] = match self.text.is_empty() {
            true => b"\n",
            false => &self.text,
        };
        let parsed = match has_long_line(text) {
            true => SymbolFile::parse(LineReader(text), |_| ()),
            false => SymbolFile::from_bytes(text),
        };
        parsed.map_err(|_| PackError::BadSlice)
    }
}

impl<R: RangeReader> Pack<R> {
    /// The slice for a module offset, in up to four rounds of reading: index pages, blocks, pages
    /// of names, blocks of names. Rounds find most of what they need beside what was read before.
    /// A pack of a corrupt text gives empty slices.
    ///
    /// # Errors
    /// The pack is damaged, or reading fails.
    pub async fn slice(&self, address: u64, want: Want) -> Result<Slice> {
        let mut slice = Slice::default();
        let needed = self.records(address, want, &mut slice.text).await?;
        self.names(needed, &mut slice.text).await?;
        Ok(slice)
    }

    /// A slice without the names that would have to be read; those are added to `left`.
    ///
    /// # Errors
    /// As [`Pack::slice`].
    pub async fn slice_leaving(
        &self,
        address: u64,
        want: Want,
        left: &mut NamesLeft,
    ) -> Result<Slice> {
        let mut slice = Slice::default();
        let mut needed = self.records(address, want, &mut slice.text).await?;
        self.take_hot(&mut needed, &mut slice.text);
        let mut at_hand = Names::new();
        for name in needed {
            let (section, id) = section_of(&name);
            match self.is_at_hand(section, id).await? {
                true => at_hand.insert(name),
                false => left.0.insert(name),
            };
        }
        self.names(at_hand, &mut slice.text).await?;
        Ok(slice)
    }

    /// Appends the records that decide about the address, and tells the names that they use.
    async fn records(&self, address: u64, want: Want, out: &mut Vec<u8>) -> Result<Names> {
        if self.header().verdict != Verdict::Fine {
            return Ok(Names::new());
        }
        let entries = self.entries(address, want).await?;
        let blocks: Vec<Place> = entries
            .iter()
            .flatten()
            .flat_map(|lines| lines.blocks.iter().copied())
            .collect();
        self.fetch(&blocks).await?;
        let [stack, func] = entries;
        for lines in &stack {
            self.lines(lines, out).await?;
        }
        let before = out.len();
        for lines in &func {
            self.lines(lines, out).await?;
        }
        Ok(names(&out[before..], address))
    }

    /// The lines that hold at the address: of the stack first, then the FUNC or PUBLIC.
    pub(crate) async fn entries(&self, address: u64, want: Want) -> Result<[Vec<Lines>; 2]> {
        // FUNC and CFI of an address are soon asked for one after the other, and stand together.
        let first = [
            Section::Func,
            Section::Cfi,
            Section::FrameData,
            Section::Fpo,
        ];
        let pages = first
            .iter()
            .filter_map(|section| self.page(*section, address));
        self.fetch(&pages.collect::<Vec<_>>()).await?;
        let mut stack = Vec::new();
        let frame_data = self.covering(Section::FrameData, address).await?;
        let win = match frame_data {
            Some(win) => Some(win),
            None => self.covering(Section::Fpo, address).await?,
        };
        stack.extend(win.map(|entry| entry.lines));
        if want != Want::Symbol {
            let cfi = self.covering(Section::Cfi, address).await?;
            stack.extend(cfi.map(|entry| entry.lines));
        }
        let mut func = Vec::new();
        if want != Want::Unwind {
            func.extend(self.symbol(address).await?);
        }
        Ok([stack, func])
    }

    async fn covering(&self, section: Section, address: u64) -> Result<Option<Entry>> {
        let entry = self.entry(section, address).await?;
        Ok(entry.filter(|entry| covers(entry.start, entry.size, address)))
    }

    /// The FUNC, or the PUBLIC if no FUNC begins between it and the address.
    async fn symbol(&self, address: u64) -> Result<Option<Lines>> {
        let func = self.entry(Section::Func, address).await?;
        let from = match func {
            Some(func) if covers(func.start, func.size, address) => return Ok(Some(func.lines)),
            Some(func) => func.start.saturating_add(1),
            None => 0,
        };
        let public = self.entry(Section::Public, address).await?;
        Ok(public.filter(|at| at.start >= from).map(|at| at.lines))
    }

    /// Whether a name can be had, or be known to have no definition, without reading.
    async fn is_at_hand(&self, section: Section, id: u32) -> Result<bool> {
        match self.page(section, u64::from(id)) {
            None => Ok(true),
            Some(page) if !self.knows(page) => Ok(false),
            Some(_) => {
                let run = self.run(section, id).await?;
                Ok(run.is_none_or(|run| self.knows(run.place)))
            }
        }
    }

    /// Appends the lines of names that came with the dictionary, and strikes them.
    fn take_hot(&self, needed: &mut Names, out: &mut Vec<u8>) {
        needed.retain(|name| {
            let line = self.hot_names().line(*name);
            line.iter().for_each(|line| out.extend_from_slice(line));
            line.is_none()
        });
    }

    /// Appends the lines that define the names, as far as there are any.
    async fn names(&self, mut needed: Names, out: &mut Vec<u8>) -> Result<()> {
        self.take_hot(&mut needed, out);
        let wanted: Vec<(Section, u32)> = needed.iter().map(section_of).collect();
        let pages: Vec<Place> = wanted
            .iter()
            .filter_map(|(section, id)| self.page(*section, u64::from(*id)))
            .collect();
        self.fetch(&pages).await?;
        let mut blocks = BTreeMap::<Place, Names>::new();
        for (name, (section, id)) in needed.into_iter().zip(wanted) {
            if let Some(run) = self.run(section, id).await? {
                blocks.entry(run.place).or_default().insert(name);
            }
        }
        let places: Vec<Place> = blocks.keys().copied().collect();
        self.fetch(&places).await?;
        for (place, mut names) in blocks {
            if let Some(block) = self.block(place).await? {
                take_names(&block, &mut names, out);
            }
        }
        Ok(())
    }
}

pub(crate) type Names = BTreeSet<(NameKind, u32)>;

pub(crate) fn section_of(&(kind, id): &(NameKind, u32)) -> (Section, u32) {
    match kind {
        NameKind::File => (Section::File, id),
        NameKind::Origin => (Section::Origin, id),
    }
}

fn covers(start: u64, size: u32, address: u64) -> bool {
    address >= start && address - start < u64::from(size)
}

/// The names that the lines of a FUNC may need at an address: those of all lines that cover it,
/// since which of them the parser keeps is its affair.
fn names(func: &[u8], address: u64) -> Names {
    let mut needed = Names::new();
    for line in func.split_inclusive(|&byte| byte == b'\n').skip(1) {
        match grammar::func_part(line) {
            Some(FuncPart::Line {
                address: start,
                size,
                file,
            }) if covers(start, size, address) => {
                needed.insert((NameKind::File, file));
            }
            Some(FuncPart::Inline(inline))
                if inline
                    .ranges()
                    .any(|(start, size)| covers(start, size, address)) =>
            {
                needed.insert((NameKind::File, inline.file));
                needed.insert((NameKind::Origin, inline.origin));
            }
            _ => {}
        }
    }
    needed
}

/// Appends the last definition of each wanted name in `lines`, and strikes those found.
fn take_names(lines: &[u8], wanted: &mut Names, out: &mut Vec<u8>) {
    let mut end = lines.len();
    while end > 0 && !wanted.is_empty() {
        let start = memchr::memrchr(b'\n', &lines[..end - 1]).map_or(0, |at| at + 1);
        let line = &lines[start..end];
        if grammar::name_id(line).is_some_and(|name| wanted.remove(&name)) {
            out.extend_from_slice(line);
        }
        end = start;
    }
}
