//! A function's block: FUNC, the calls inlined into it, its lines.

use crate::random::{Random, Topic};
use crate::symbols::calls::{Call, inlined, ranges};
use crate::symbols::names::Vocabulary;
use crate::symbols::plan::Plan;
use crate::symbols::profile::{FILES_PER_FUNC, FUNC_NAME, ORIGINS_PER_FUNC};
use crate::symbols::shape::Shape;
use crate::text::{decimal, hex, text};

/// Source files that a function's lines come from, beside its own.
const HEADERS: usize = 5;
/// Origins before a function's own that it uses as its neighbours do.
const NEAR_ORIGINS: u64 = 120;
/// The last line of a source file.
const LAST_LINE: u64 = 4_000;

/// Writes one function.
pub struct Function<'a> {
    plan: &'a Plan,
    index: u64,
    random: Random,
    /// Source files with the line that is being worked on in each; the function's own comes first.
    sources: Vec<(u64, u64)>,
    next_origin: u64,
}

impl<'a> Function<'a> {
    /// Function number `index` of a file.
    pub fn new(plan: &'a Plan, index: u64) -> Self {
        let mut random = Random::new(plan.seed, Topic::Body, index);
        let own = (index as f64 * FILES_PER_FUNC) as u64 % plan.files;
        let mut sources = vec![(own, random.below(LAST_LINE))];
        for _ in 0..HEADERS {
            let near = own.saturating_sub(random.below(8));
            let popular = (random.unit().powi(4) * plan.files as f64) as u64;
            let file = if random.percent(50) { near } else { popular };
            sources.push((file, random.below(LAST_LINE / 4)));
        }
        Self {
            plan,
            index,
            random,
            sources,
            next_origin: (index as f64 * ORIGINS_PER_FUNC) as u64,
        }
    }

    /// Appends its records, for code that starts at `address`.
    pub fn write(&mut self, out: &mut Vec<u8>, words: &Vocabulary, address: u64, shape: &Shape) {
        self.header(out, words, address, shape.size());
        let starts = starts(address, shape);
        for call in inlined(&mut self.random, shape.lines.len()) {
            self.inline(out, &call, &starts);
        }
        for (start, size) in starts.iter().zip(&shape.lines) {
            self.line(out, *start, u64::from(*size));
        }
    }

    fn header(&mut self, out: &mut Vec<u8>, words: &Vocabulary, address: u64, size: u64) {
        text(out, "FUNC ");
        hex(out, address);
        out.push(b' ');
        hex(out, size);
        text(out, " 0 ");
        let mut random = Random::new(self.plan.seed, Topic::Name, self.index);
        words.function(&mut random, out, FUNC_NAME);
        out.push(b'\n');
    }

    fn inline(&mut self, out: &mut Vec<u8>, call: &Call, starts: &[u64]) {
        let (file, line) = self.place();
        text(out, "INLINE ");
        for number in [call.depth, line, file, self.origin()] {
            decimal(out, number);
            out.push(b' ');
        }
        for (start, end) in ranges(&call.lines, starts) {
            hex(out, start);
            out.push(b' ');
            hex(out, end - start);
            out.push(b' ');
        }
        out.pop();
        out.push(b'\n');
    }

    /// An origin: first the function's own, then those of its neighbours or of everyone.
    fn origin(&mut self) -> u64 {
        let end = ((self.index + 1) as f64 * ORIGINS_PER_FUNC) as u64;
        let last = self.plan.origins.saturating_sub(1);
        if self.next_origin < end.min(last) && self.random.percent(40) {
            self.next_origin += 1;
            return self.next_origin - 1;
        }
        if self.random.percent(70) {
            let back = 1 + self.random.below(NEAR_ORIGINS);
            return self.next_origin.saturating_sub(back).min(last);
        }
        (self.random.unit().powi(6) * self.plan.origins as f64) as u64
    }

    fn line(&mut self, out: &mut Vec<u8>, start: u64, size: u64) {
        let (file, line) = self.place();
        hex(out, start);
        out.push(b' ');
        hex(out, size);
        out.push(b' ');
        decimal(out, line);
        out.push(b' ');
        decimal(out, file);
        out.push(b'\n');
    }

    /// File and line of the next statement: mostly near where the file was last left.
    fn place(&mut self) -> (u64, u64) {
        let foreign = self.random.percent(28);
        let choice = if foreign {
            self.random.below(self.sources.len() as u64)
        } else {
            0
        };
        let step = self.random.below(4);
        let back = self.random.percent(30);
        let (file, line) = &mut self.sources[choice as usize];
        *line = if back {
            line.saturating_sub(step)
        } else {
            *line + step
        };
        (*file, *line)
    }
}

/// The address of each line of a function and, last, of its end.
fn starts(address: u64, shape: &Shape) -> Vec<u64> {
    let mut starts = Vec::with_capacity(shape.lines.len() + 1);
    let mut next = address;
    for size in &shape.lines {
        starts.push(next);
        next += u64::from(*size);
    }
    starts.push(next);
    starts
}
