//! One pass over the text that notes where each record stands, and where blocks are cut.

use std::collections::HashMap;

use crate::frame::Kind;
use crate::grammar::{self, FuncPart, NameKind, Record};
use crate::survivors::{Item, WinRecords};

/// What a block mainly holds: it decides how large a block is and what the dictionary samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Class {
    Names,
    Func,
    Public,
    Stack,
    Other,
}

impl Class {
    /// Text bytes after which a block is cut at the next record. Measured: ADR 8.
    fn target(self) -> u64 {
        match self {
            Self::Names | Self::Stack => 4 * 1024,
            _ => 8 * 1024,
        }
    }

    /// Which comes first where several begin at the same address.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::Stack => 0,
            Self::Func => 1,
            Self::Names => 2,
            Self::Public => 3,
            Self::Other => 4,
        }
    }
}

/// Blocks are not cut below this only because another kind of record follows.
const SMALLEST: u64 = 1024;
/// A record longer than this is cut at a line's end.
const LARGEST: u64 = 1024 * 1024;
/// Uses of names with greater ids are not counted; they are found all the same.
const COUNTED_IDS: usize = 1 << 22;

/// Where a block of text ends, and what it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) end: u64,
    pub(crate) kind: Kind,
    pub(crate) class: Class,
    /// Address of its first FUNC or STACK record.
    pub(crate) address: Option<u64>,
}

/// Everything a pass over a text finds.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) cuts: Vec<Cut>,
    pub(crate) funcs: Vec<Item>,
    pub(crate) cfi: Vec<Item>,
    pub(crate) frame_data: WinRecords,
    pub(crate) fpo: WinRecords,
    /// Address and offset of each PUBLIC.
    pub(crate) publics: Vec<(u64, u64)>,
    /// Offset of the last definition of each name.
    pub(crate) names: HashMap<(NameKind, u32), u64>,
    pub(crate) uses: [Uses; 2],
    pub(crate) url: Option<String>,
    pub(crate) module_id: String,
    pub(crate) module_name: String,
    pub(crate) module_line: String,
    pub(crate) lines: u64,
    pub(crate) text: u64,
}

/// How many functions use each name, and which is the first.
#[derive(Debug, Default)]
pub(crate) struct Uses(Vec<Use>);

#[derive(Clone, Copy, Debug, Default)]
struct Use {
    functions: u32,
    last: u32,
    first_address: u64,
}

impl Uses {
    /// Function number `function`, which begins at `address`, uses the name.
    fn note(&mut self, id: u32, function: u32, address: u64) {
        let id = id as usize;
        if id >= COUNTED_IDS {
            return;
        }
        if id >= self.0.len() {
            self.0.resize((id + 1).next_power_of_two(), Use::default());
        }
        let noted = &mut self.0[id];
        if noted.functions == 0 {
            noted.first_address = address;
        } else if noted.last == function {
            return;
        }
        noted.functions = noted.functions.saturating_add(1);
        noted.last = function;
    }

    /// Ids that more than one function uses, with the number of those.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (u32, u32)> {
        let counted = self.0.iter().enumerate();
        counted
            .filter_map(|(id, noted)| (noted.functions > 1).then_some((noted.functions, id as u32)))
    }

    /// The address of the first function that uses the name.
    pub(crate) fn first_address(&self, id: u32) -> Option<u64> {
        let noted = self.0.get(id as usize)?;
        (noted.functions > 0).then_some(noted.first_address)
    }
}

/// The record whose lines are being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Open {
    #[default]
    Nothing,
    Func,
    Cfi,
}

/// Takes a text piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    pub(crate) found: Records,
    pub(crate) open: Open,
    item: Option<Item>,
    block_start: u64,
    block_class: Option<Class>,
    block_address: Option<u64>,
    functions: u32,
    function_address: u64,
    last_file: u32,
}

impl Scanner {
    /// Takes whole lines.
    pub(crate) fn lines(&mut self, mut lines: &[u8]) {
        if self.found.text == 0
            && let Some(module) = grammar::module(lines)
        {
            let (record, rest) = lines.split_at(module.length);
            self.module(record, &module);
            lines = rest;
        }
        for end in memchr::memchr_iter(b'\n', lines).scan(0, |start, end| {
            let range = *start..end + 1;
            *start = end + 1;
            Some(range)
        }) {
            self.line(&lines[end]);
        }
    }

    /// Takes bytes that the parser passes over; the open record stays open.
    pub(crate) fn skipped(&mut self, bytes: &[u8], ends_line: bool) {
        self.cut(Kind::Text);
        for part in bytes.chunks(LARGEST as usize) {
            self.found.text += part.len() as u64;
            self.cut(Kind::Unread);
        }
        self.found.lines += u64::from(ends_line);
    }

    /// Ends the last record and the last block.
    pub(crate) fn finish(mut self) -> Records {
        self.close();
        self.cut(Kind::Text);
        self.found
    }

    fn module(&mut self, record: &[u8], module: &grammar::Module<'_>) {
        self.found.module_id = String::from_utf8_lossy(module.id).into_owned();
        self.found.module_name = String::from_utf8_lossy(module.name).into_owned();
        let line = String::from_utf8_lossy(record);
        self.found.module_line = line.trim_end_matches(['\r', '\n']).to_owned();
        self.found.text += module.length as u64;
        self.found.lines += 1;
        self.block_class = Some(Class::Other);
        let several = record[..record.len() - 1].contains(&b'\n');
        if several {
            self.cut(Kind::Unread);
        }
    }

    fn line(&mut self, line: &[u8]) {
        if !self.continues(line) {
            self.close();
            self.record(line);
        } else if self.found.text - self.block_start >= LARGEST {
            self.cut(Kind::Text);
        }
        self.found.text += line.len() as u64;
        self.found.lines += 1;
    }

    fn continues(&mut self, line: &[u8]) -> bool {
        match self.open {
            Open::Nothing => false,
            Open::Cfi => grammar::cfi_delta(line).is_some(),
            Open::Func => match grammar::func_part(line) {
                Some(part) => {
                    self.func_part(&part);
                    true
                }
                None => false,
            },
        }
    }

    fn func_part(&mut self, part: &FuncPart<'_>) {
        match part {
            FuncPart::Origin(id) => self.name(NameKind::Origin, *id),
            FuncPart::Inline(inline) => {
                self.used(NameKind::File, inline.file);
                self.used(NameKind::Origin, inline.origin);
            }
            FuncPart::Line { file, .. } => {
                if *file != self.last_file {
                    self.last_file = *file;
                    self.used(NameKind::File, *file);
                }
            }
        }
    }

    fn used(&mut self, kind: NameKind, id: u32) {
        self.found.uses[kind as usize].note(id, self.functions, self.function_address);
    }

    fn name(&mut self, kind: NameKind, id: u32) {
        self.found.names.insert((kind, id), self.found.text);
    }

    fn record(&mut self, line: &[u8]) {
        let Some(record) = grammar::record(line) else {
            return;
        };
        self.cut_before(match record {
            Record::Name(..) => Class::Names,
            Record::Func { .. } => Class::Func,
            Record::Public(_) => Class::Public,
            Record::CfiInit { .. } | Record::Win(_) => Class::Stack,
            _ => Class::Other,
        });
        let text = self.found.text;
        match record {
            Record::Func { address, size } => {
                self.open = Open::Func;
                self.functions = self.functions.wrapping_add(1);
                self.last_file = u32::MAX;
                self.function_address = address;
                self.block_address.get_or_insert(address);
                self.item = Item::new(address, size, text);
            }
            Record::CfiInit { address, size } => {
                self.open = Open::Cfi;
                self.block_address.get_or_insert(address);
                self.item = Item::new(address, size, text);
            }
            Record::Win(Some(win)) => {
                self.block_address.get_or_insert(win.address);
                if let Some(mut item) = Item::new(win.address, win.size, text) {
                    item.length = line.len() as u64;
                    let records = match win.frame_data {
                        true => &mut self.found.frame_data,
                        false => &mut self.found.fpo,
                    };
                    records.push(item);
                }
            }
            Record::Public(public) => self.found.publics.push((public.address, text)),
            Record::Name(kind, id) => self.name(kind, id),
            Record::Url(url) => self.found.url = Some(String::from_utf8_lossy(url).into_owned()),
            _ => {}
        }
    }

    fn close(&mut self) {
        if let Some(mut item) = self.item.take() {
            item.length = self.found.text - item.text;
            match self.open {
                Open::Func => self.found.funcs.push(item),
                _ => self.found.cfi.push(item),
            }
        }
        self.open = Open::Nothing;
    }

    fn cut_before(&mut self, class: Class) {
        let length = self.found.text - self.block_start;
        let before = *self.block_class.get_or_insert(class);
        if length >= before.target() || (before != class && length >= SMALLEST) {
            self.cut(Kind::Text);
        }
        let small = self.found.text - self.block_start < SMALLEST;
        if small || self.block_class.is_none() {
            self.block_class = Some(class);
        }
    }

    fn cut(&mut self, kind: Kind) {
        if self.found.text > self.block_start {
            self.found.cuts.push(Cut {
                end: self.found.text,
                kind,
                class: self.block_class.unwrap_or(Class::Other),
                address: self.block_address.take(),
            });
            self.block_start = self.found.text;
        }
    }
}
