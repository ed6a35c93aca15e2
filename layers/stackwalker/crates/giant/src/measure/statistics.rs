//! The statistics of one symbol file, taken line by line.

use std::collections::BTreeMap;
use std::io;

use super::distribution::Distribution;
use super::packing::Packing;
use super::record::{Kind, fields, hex, name_after};

/// What is counted of one kind of record.
#[derive(Debug, Default, Clone)]
pub struct Share {
    /// Records.
    pub count: u64,
    /// Bytes, newlines included.
    pub bytes: u64,
    /// Compressed size by size, in blocks of this kind alone.
    pub ratio: f64,
}

/// The statistics of one symbol file.
#[derive(Debug, Default)]
pub struct Statistics {
    /// Bytes of the whole text.
    pub bytes: u64,
    /// Compressed size by size (zstd -1, blocks of 16 KiB), of the text as it stands.
    pub ratio: f64,
    /// Counts by kind of record.
    pub kinds: BTreeMap<Kind, Share>,
    /// Distributions by what they are of.
    pub distributions: BTreeMap<&'static str, Distribution>,
}

impl Statistics {
    /// Records of `kind`.
    pub fn count(&self, kind: Kind) -> u64 {
        self.kinds.get(&kind).map_or(0, |share| share.count)
    }

    /// Records of `kind` by records of `base`; 0 without any of those.
    pub fn per(&self, kind: Kind, base: Kind) -> f64 {
        self.count(kind) as f64 / self.count(base).max(1) as f64
    }

    /// The distribution called `name`; an empty one if nothing of it was seen.
    pub fn distribution(&self, name: &str) -> Distribution {
        self.distributions.get(name).cloned().unwrap_or_default()
    }
}

/// What was seen of the function whose block is being read.
#[derive(Default)]
struct Function {
    lines: u64,
    inlines: u64,
    levels: u64,
}

/// Takes lines in and gives their statistics.
pub struct Measurer {
    statistics: Statistics,
    whole: Packing,
    packings: BTreeMap<Kind, Packing>,
    function: Option<Function>,
    function_end: u64,
    deltas: Option<u64>,
}

impl Measurer {
    /// One that has seen nothing.
    ///
    /// # Errors
    /// When the compressor cannot have its memory.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            statistics: Statistics::default(),
            whole: Packing::new()?,
            packings: BTreeMap::new(),
            function: None,
            function_end: 0,
            deltas: None,
        })
    }

    /// Takes a line in; it comes without its newline.
    pub fn line(&mut self, line: &[u8]) {
        let kind = Kind::of(line);
        self.statistics.bytes += line.len() as u64 + 1;
        self.whole.add(line);
        let share = self.statistics.kinds.entry(kind).or_default();
        share.count += 1;
        share.bytes += line.len() as u64 + 1;
        if let Some(packing) = self.packing(kind) {
            packing.add(line);
        }
        self.record(kind, &String::from_utf8_lossy(line));
    }

    fn packing(&mut self, kind: Kind) -> Option<&mut Packing> {
        use std::collections::btree_map::Entry;
        match self.packings.entry(kind) {
            Entry::Occupied(entry) => Some(entry.into_mut()),
            Entry::Vacant(entry) => Packing::new().ok().map(|new| entry.insert(new)),
        }
    }

    fn record(&mut self, kind: Kind, line: &str) {
        match kind {
            Kind::File => self.add("FILE name", name_after(line, 2).len() as u64),
            Kind::InlineOrigin => self.add("INLINE_ORIGIN name", name_after(line, 2).len() as u64),
            Kind::Func => self.function(line),
            Kind::Inline => self.inline(line),
            Kind::Line => self.source_line(line),
            Kind::Public => self.public(line),
            Kind::CfiInit => self.cfi_init(),
            Kind::CfiDelta => self.cfi_delta(line),
            _ => {}
        }
    }

    fn add(&mut self, name: &'static str, value: u64) {
        self.statistics
            .distributions
            .entry(name)
            .or_default()
            .add(value);
    }

    fn function(&mut self, line: &str) {
        self.end_function();
        let shift = usize::from(line.starts_with("FUNC m "));
        let mut words = fields(line).skip(shift);
        let (start, size) = (hex(words.next()), hex(words.next()));
        self.add("FUNC name", name_after(line, 4 + shift).len() as u64);
        self.add("FUNC size", size);
        if self.function_end > 0 && start >= self.function_end {
            self.add("gap before FUNC", start - self.function_end);
        }
        self.function_end = start.saturating_add(size);
        self.function = Some(Function::default());
    }

    fn end_function(&mut self) {
        if let Some(function) = self.function.take() {
            self.add("lines per FUNC", function.lines);
            self.add("INLINEs per FUNC", function.inlines);
            if function.inlines > 0 {
                self.add("levels per FUNC with INLINEs", function.levels);
            }
        }
    }

    fn inline(&mut self, line: &str) {
        let depth = fields(line).next().and_then(|word| word.parse().ok());
        let level = depth.unwrap_or(0u64) + 1;
        self.add("level of INLINE", level);
        self.add(
            "ranges per INLINE",
            (fields(line).count() as u64).saturating_sub(4) / 2,
        );
        if let Some(function) = &mut self.function {
            function.inlines += 1;
            function.levels = function.levels.max(level);
        }
    }

    fn source_line(&mut self, line: &str) {
        self.add("line size", hex(line.split(' ').nth(1)));
        if let Some(function) = &mut self.function {
            function.lines += 1;
        }
    }

    fn public(&mut self, line: &str) {
        let shift = usize::from(line.starts_with("PUBLIC m "));
        self.add("PUBLIC name", name_after(line, 3 + shift).len() as u64);
    }

    fn cfi_init(&mut self) {
        self.end_function();
        self.end_cfi();
        self.deltas = Some(0);
    }

    fn end_cfi(&mut self) {
        if let Some(deltas) = self.deltas.take() {
            self.add("deltas per INIT", deltas);
        }
    }

    fn cfi_delta(&mut self, line: &str) {
        self.add("STACK CFI length", line.len() as u64);
        self.deltas = self.deltas.map(|deltas| deltas + 1);
    }

    /// The statistics of all that was taken in.
    pub fn finish(mut self) -> Statistics {
        self.end_function();
        self.end_cfi();
        self.statistics.ratio = self.whole.ratio();
        for (kind, packing) in &mut self.packings {
            if let Some(share) = self.statistics.kinds.get_mut(kind) {
                share.ratio = packing.ratio();
            }
        }
        self.statistics
    }
}
