//! The comparison that a pack must stand: every address that could matter, asked of the pack and
//! of the real parser with the whole text.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use breakpad_symbols::{FrameSymbolizer, FrameWalker, SymbolError, SymbolFile};
use minidump_common::traits::Module;

use crate::directory::Verdict;
use crate::error::Result;
use crate::grammar::{self, FuncPart, Record};
use crate::ranges::RangeReader;
use crate::read::Pack;
use crate::slice::{Slice, Want};

/// Where the compared module is loaded, so that mistakes about offsets show.
const BASE: u64 = 0x10_0000;

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Calls of `fill_symbol` compared.
    pub symbols: u64,
    /// Calls of `walk_frame` compared.
    pub walks: u64,
    /// Module offsets whose answers differ; the first hundred.
    pub different: Vec<u64>,
    /// Whether the stored verdict, with its line, and the `INFO URL` are the parser's.
    pub verdict_fits: bool,
}

impl Comparison {
    /// Whether everything was equal.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.verdict_fits && self.different.is_empty()
    }
}

/// Compares a pack with what the real parser says of its text, held in memory as a whole.
///
/// # Errors
/// The pack is damaged, or reading fails.
pub async fn verify<R: RangeReader>(pack: &Pack<R>) -> Result<Comparison> {
    let mut text = Vec::new();
    let mut pieces = pack.text();
    while let Some(piece) = pieces.next().await? {
        text.extend_from_slice(&piece);
    }
    let mut comparison = Comparison::default();
    let whole = SymbolFile::from_bytes(&text);
    let verdict = pack.header().verdict;
    let whole = match whole {
        Ok(whole) => whole,
        Err(SymbolError::ParseError(_, line)) => {
            let same_line = verdict.line().unwrap_or(0) == line;
            comparison.verdict_fits = verdict != Verdict::Fine && same_line;
            return Ok(comparison);
        }
        Err(_) => return Ok(comparison),
    };
    comparison.verdict_fits = verdict == Verdict::Fine && whole.url == pack.header().url;
    for address in addresses(&text, &whole) {
        let symbol = answer(
            &pack.slice(address, Want::Symbol).await?,
            Symbol::ask,
            address,
        );
        let walk = answer(
            &pack.slice(address, Want::Unwind).await?,
            Walk::ask,
            address,
        );
        comparison.symbols += 1;
        comparison.walks += 1;
        let equal = symbol == Some(Symbol::ask(&whole, address))
            && walk == Some(Walk::ask(&whole, address));
        if !equal && comparison.different.len() < 100 {
            comparison.different.push(address);
        }
    }
    Ok(comparison)
}

fn answer<T>(slice: &Slice, ask: impl Fn(&SymbolFile, u64) -> T, address: u64) -> Option<T> {
    slice.symbols().ok().map(|symbols| ask(&symbols, address))
}

/// All places where an answer may change, and their neighbours: by the records of the text, those
/// that the parser drops included, and by what the parser kept, whatever our own grammar reads.
fn addresses(text: &[u8], whole: &SymbolFile) -> BTreeSet<u64> {
    let mut all = BTreeSet::from([0, u64::MAX - BASE]);
    let mut around = |start: u64, size: u64| {
        let end = start.wrapping_add(size);
        for edge in [start, end] {
            all.extend([edge.wrapping_sub(1), edge, edge.wrapping_add(1)]);
        }
    };
    kept(whole).for_each(|(start, last)| around(start, (last - start).wrapping_add(1)));
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        match grammar::func_part(line) {
            Some(FuncPart::Line { address, size, .. }) => around(address, u64::from(size)),
            Some(FuncPart::Inline(inline)) => inline
                .ranges()
                .for_each(|(address, size)| around(address, u64::from(size))),
            _ => {}
        }
        match grammar::record(line) {
            Some(Record::Func { address, size } | Record::CfiInit { address, size }) => {
                around(address, u64::from(size));
            }
            Some(Record::Win(Some(win))) => around(win.address, u64::from(win.size)),
            Some(Record::Public(public)) => around(public.address, 0),
            _ => {}
        }
        if let Some(address) = grammar::cfi_delta(line) {
            around(address, 0);
        }
    }
    all.retain(|&address| address <= u64::MAX - BASE);
    all
}

/// First and last address of everything that the parser kept.
fn kept(whole: &SymbolFile) -> impl Iterator<Item = (u64, u64)> {
    let publics = whole.publics.iter().map(|at| (at.address, at.address));
    let functions = whole.functions.ranges_values();
    let cfi = whole.cfi_stack_info.ranges_values();
    let frame_data = whole.win_stack_framedata_info.ranges_values();
    let fpo = whole.win_stack_fpo_info.ranges_values();
    publics
        .chain(functions.map(|(range, _)| (range.start, range.end)))
        .chain(cfi.map(|(range, _)| (range.start, range.end)))
        .chain(frame_data.map(|(range, _)| (range.start, range.end)))
        .chain(fpo.map(|(range, _)| (range.start, range.end)))
}

/// A module at [`BASE`] that knows nothing else.
struct At;

impl Module for At {
    fn base_address(&self) -> u64 {
        BASE
    }
    fn size(&self) -> u64 {
        u64::MAX - BASE
    }
    fn code_file(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
    fn code_identifier(&self) -> Option<debugid::CodeId> {
        None
    }
    fn debug_file(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn debug_identifier(&self) -> Option<debugid::DebugId> {
        None
    }
    fn version(&self) -> Option<Cow<'_, str>> {
        None
    }
}

/// All that `fill_symbol` told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Symbol {
    instruction: u64,
    function: Option<(String, u64, u32)>,
    source: Option<(String, u32, u64)>,
    inlined: Vec<(String, Option<String>, Option<u32>)>,
}

impl Symbol {
    fn ask(symbols: &SymbolFile, address: u64) -> Self {
        let mut frame = Self {
            instruction: address + BASE,
            ..Self::default()
        };
        symbols.fill_symbol(&At, &mut frame);
        frame
    }
}

impl FrameSymbolizer for Symbol {
    fn get_instruction(&self) -> u64 {
        self.instruction
    }
    fn set_function(&mut self, name: &str, base: u64, parameter_size: u32) {
        self.function = Some((name.to_owned(), base, parameter_size));
    }
    fn set_source_file(&mut self, file: &str, line: u32, base: u64) {
        self.source = Some((file.to_owned(), line, base));
    }
    fn add_inline_frame(&mut self, name: &str, file: Option<&str>, line: Option<u32>) {
        let file = file.map(str::to_owned);
        self.inlined.push((name.to_owned(), file, line));
    }
}

/// All that `walk_frame` told, from registers and memory made up from their names and addresses.
#[derive(Debug, Default, PartialEq, Eq)]
struct Walk {
    instruction: u64,
    result: Option<()>,
    registers: BTreeMap<String, Option<u64>>,
    cfa: Option<u64>,
    ra: Option<u64>,
    rules: Vec<Option<u64>>,
}

impl Walk {
    fn ask(symbols: &SymbolFile, address: u64) -> Self {
        let mut walk = Self {
            instruction: address + BASE,
            ..Self::default()
        };
        walk.result = symbols.walk_frame(&At, &mut walk);
        walk
    }
}

impl FrameWalker for Walk {
    fn get_instruction(&self) -> u64 {
        self.instruction
    }
    fn has_grand_callee(&self) -> bool {
        true
    }
    fn get_grand_callee_parameter_size(&self) -> u32 {
        12
    }
    fn get_register_at_address(&self, address: u64) -> Option<u64> {
        Some(address.rotate_left(7) ^ 0x5bd1_e995)
    }
    fn get_callee_register(&self, name: &str) -> Option<u64> {
        let mix = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(u64::from(byte));
        Some(0x7000_0000 + name.bytes().fold(7, mix) % 0x1_0000 * 8)
    }
    fn set_caller_register(&mut self, name: &str, value: u64) -> Option<()> {
        self.registers.insert(name.to_owned(), Some(value));
        Some(())
    }
    fn clear_caller_register(&mut self, name: &str) {
        self.registers.insert(name.to_owned(), None);
    }
    fn set_cfa(&mut self, value: u64) -> Option<()> {
        self.cfa = Some(value);
        Some(())
    }
    fn set_ra(&mut self, value: u64) -> Option<()> {
        self.ra = Some(value);
        Some(())
    }
    fn set_cfi_rules_start_address(&mut self, address: Option<u64>) {
        self.rules.push(address);
    }
}
