//! A function's shape: the machine code of its lines, and the room before the next function.
//!
//! The three passes that need it (functions, public symbols, unwinding) each make it anew.

use crate::random::{Random, Topic};
use crate::symbols::profile::{ALIGNMENT, LINE_SIZE, LINES};

/// Where the first function starts.
const FIRST: u64 = 0x1000;
/// How the mean size of a line varies between functions, so that their sizes have the median of
/// real ones.
const DENSITY: f64 = 0.5;
/// The longest function, in lines.
const MOST_LINES: f64 = 12_000.0;
/// The longest line, in bytes.
const MOST_BYTES: f64 = 60_000.0;

/// Sizes of a function's lines.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Bytes of machine code, line by line; at least one line, none empty.
    pub lines: Vec<u32>,
    /// Bytes left free behind the function before the next one is aligned.
    pub gap: u64,
}

impl Shape {
    /// The shape of function number `index`.
    pub fn of(seed: u64, index: u64) -> Self {
        let mut random = Random::new(seed, Topic::Shape, index);
        let count = random
            .lognormal(LINES.mean, LINES.spread)
            .clamp(1.0, MOST_LINES);
        let density = random.lognormal(1.0, DENSITY);
        let mut line = || {
            let size = density * random.lognormal(LINE_SIZE.mean, LINE_SIZE.spread);
            size.round().clamp(1.0, MOST_BYTES) as u32
        };
        let lines = (0..count.round() as u64).map(|_| line()).collect();
        let gap = if random.percent(2) {
            random.below(512)
        } else {
            0
        };
        Self { lines, gap }
    }

    /// Bytes of machine code of the function.
    pub fn size(&self) -> u64 {
        self.lines.iter().map(|size| u64::from(*size)).sum()
    }
}

/// Where functions stand, from the first one on.
pub struct Layout {
    seed: u64,
    index: u64,
    address: u64,
}

impl Layout {
    /// The layout of a file.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            index: 0,
            address: FIRST,
        }
    }

    /// Where the next function would stand.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Index, address and shape of the next function.
    pub fn advance(&mut self) -> (u64, u64, Shape) {
        let shape = Shape::of(self.seed, self.index);
        let placed = (self.index, self.address, shape);
        let end = self.address + placed.2.size() + placed.2.gap;
        self.address = end.next_multiple_of(ALIGNMENT);
        self.index += 1;
        placed
    }
}
