//! Where the stacks of a dump may stop in a module, read from its symbol file.
//!
//! One place is chosen in each range of STACK CFI: one at which the stack frame is so many bytes
//! above `$rsp` and the return address right below its end, which is what the code of GCC and
//! Clang does nearly everywhere.

use std::path::Path;

use crate::failure::Failure;
use crate::measure::{Kind, fields, for_each_line, hex, name_after};
use crate::random::{Random, Topic};

/// The greatest frame that is used, in bytes.
const GREATEST_FRAME: u64 = 64 << 10;
/// Bytes of a page of memory.
const PAGE: u64 = 4096;
/// A module of 4 GiB does not fit into a minidump's 32 bits.
const GREATEST_MODULE: u64 = u32::MAX as u64 - PAGE;

/// A place at which a frame may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// Offset in the module of the instruction: for a caller, of the last byte of its call.
    pub instruction: u64,
    /// Bytes from `$rsp` to the end of the frame; the return address is the last word of them.
    pub frame: u64,
}

/// A module that has symbols.
#[derive(Debug)]
pub struct Module {
    /// Its name, from the MODULE record.
    pub name: String,
    /// Its debug id, from there too: 32 digits of a GUID and the age.
    pub id: String,
    /// Bytes it takes in memory.
    pub size: u64,
    /// Where frames may stand, in the order of the file.
    pub sites: Vec<Site>,
}

impl Module {
    /// Reads the symbol file at `path`.
    ///
    /// # Errors
    /// [`Failure::Read`], and [`Failure::NoSymbols`] if it is none for x86_64, has a debug id of
    /// no use, or nothing that a stack could be made of.
    pub fn read(path: &Path, seed: u64) -> Result<Self, Failure> {
        let refused = |why| Err(Failure::no_symbols(path, why));
        let mut scan = Scan::default();
        for_each_line(path, |line| scan.line(seed, line))?;
        scan.end_block(seed);
        let module = scan.module();
        if module.id.len() < 33 || !module.id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return refused("its debug id is not 32 digits and an age");
        }
        if u32::from_str_radix(&module.id[32..], 16).is_err() {
            return refused("the age in its debug id is above 32 bits");
        }
        if scan.architecture != "x86_64" {
            return refused("it is not for x86_64");
        }
        if module.size > GREATEST_MODULE {
            return refused("its functions span more than 4 GiB");
        }
        match module.sites.is_empty() {
            true => refused("no function in it is unwound by $rsp"),
            false => Ok(module),
        }
    }
}

/// A range of STACK CFI that is being read.
struct Block {
    start: u64,
    end: u64,
    /// From where on which frame holds; none where it is not known. In the order of the file.
    rows: Vec<(u64, Change)>,
}

/// What a record says of the frame.
#[derive(Clone, Copy)]
enum Change {
    /// Nothing.
    None,
    /// Its size.
    Frame(u64),
    /// Something that is not understood here.
    Unknown,
}

#[derive(Default)]
struct Scan {
    architecture: String,
    id: String,
    name: String,
    functions: Vec<(u64, u64)>,
    block: Option<Block>,
    sites: Vec<Site>,
}

impl Scan {
    fn line(&mut self, seed: u64, line: &[u8]) {
        let kind = Kind::of(line);
        if !matches!(
            kind,
            Kind::Module | Kind::Func | Kind::CfiInit | Kind::CfiDelta
        ) {
            return;
        }
        let line = String::from_utf8_lossy(line);
        match kind {
            Kind::Module => self.head(&line),
            Kind::Func => self.function(&line),
            Kind::CfiInit => self.start_block(seed, &line),
            _ => self.delta(&line),
        }
    }

    fn head(&mut self, line: &str) {
        let mut words = fields(line).skip(1).map(str::to_owned);
        self.architecture = words.next().unwrap_or_default();
        self.id = words.next().unwrap_or_default();
        self.name = name_after(line, 4).to_owned();
    }

    fn function(&mut self, line: &str) {
        let mut words = fields(line).filter(|word| *word != "m");
        let start = hex(words.next());
        self.functions
            .push((start, start.saturating_add(hex(words.next()))));
    }

    fn start_block(&mut self, seed: u64, line: &str) {
        self.end_block(seed);
        let mut words = fields(line).skip(2);
        let start = hex(words.next());
        let end = start.saturating_add(hex(words.next()));
        let known = line.ends_with(".ra: .cfa -8 + ^");
        let change = if known { change(line) } else { Change::Unknown };
        let rows = vec![(start, change)];
        self.block = Some(Block { start, end, rows });
    }

    fn delta(&mut self, line: &str) {
        let address = hex(fields(line).nth(1));
        if let Some(block) = &mut self.block {
            let known = !line.contains(".ra:");
            block
                .rows
                .push((address, if known { change(line) } else { Change::Unknown }));
        }
    }

    fn end_block(&mut self, seed: u64) {
        if let Some(block) = self.block.take() {
            let mut random = Random::new(seed, Topic::Site, block.start);
            self.sites.extend(block.site(&mut random));
        }
    }

    /// What was read; sites outside of functions are left out, since they would have no name.
    fn module(&mut self) -> Module {
        self.functions.sort_unstable();
        let functions = &self.functions;
        let named = |site: &Site| {
            let after = functions.partition_point(|(start, _)| *start <= site.instruction);
            after > 0 && functions[after - 1].1 > site.instruction
        };
        let last = functions.iter().map(|(_, end)| *end).max();
        Module {
            name: self.name.clone(),
            id: self.id.clone(),
            size: last.unwrap_or_default().div_ceil(PAGE).saturating_mul(PAGE),
            sites: self.sites.iter().copied().filter(named).collect(),
        }
    }
}

impl Block {
    /// Any instruction in it, if the frame is known there.
    fn site(mut self, random: &mut Random) -> Option<Site> {
        let instruction = self.start + random.below(self.end - self.start);
        self.rows.sort_by_key(|(address, _)| *address);
        let before = self.rows.iter().rev().filter(|row| row.0 <= instruction);
        let mut changes = before.map(|row| row.1);
        match changes.find(|change| !matches!(change, Change::None)) {
            Some(Change::Frame(frame)) => Some(Site { instruction, frame }),
            _ => None,
        }
    }
}

/// What the rule for `.cfa` in a record says.
fn change(line: &str) -> Change {
    let Some((_, rule)) = line.split_once(".cfa: ") else {
        return Change::None;
    };
    let mut words = rule.split(' ');
    let simple = words.next() == Some("$rsp");
    let frame = words.next().and_then(|word| word.parse::<u64>().ok());
    let plus = words.next() == Some("+");
    let ended = words.next().is_none_or(|word| word.ends_with(':'));
    match frame {
        Some(frame) if simple && plus && ended && fits(frame) => Change::Frame(frame),
        _ => Change::Unknown,
    }
}

fn fits(frame: u64) -> bool {
    (8..=GREATEST_FRAME).contains(&frame) && frame.is_multiple_of(8)
}
