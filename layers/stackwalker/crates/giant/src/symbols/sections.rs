//! The sections of a symbol file in the order in which `dump_syms` writes them, record by record.

use crate::random::{Random, Topic};
use crate::symbols::function::Function;
use crate::symbols::names::Vocabulary;
use crate::symbols::paths;
use crate::symbols::plan::{Plan, Wanted};
use crate::symbols::profile::{NEIGHBOURS, ORIGIN_NAME, ORIGINS_PER_FUNC, PUBLIC_NAME};
use crate::symbols::shape::{Layout, Shape};
use crate::symbols::unwinding::unwinding;
use crate::text::{decimal, hex, text};

/// Bytes between two public symbols, which are stubs.
const STUB: u64 = 16;

/// Writes records of a file; keeps nothing but the vocabulary used last.
pub struct Sections {
    plan: Plan,
    vocabulary: Vocabulary,
}

impl Sections {
    /// The sections of a file of this plan.
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            vocabulary: Vocabulary::new(plan.seed, 0),
        }
    }

    /// Appends the two records at the head.
    pub fn head(&self, out: &mut Vec<u8>, wanted: &Wanted) {
        text(out, "MODULE Linux x86_64 ");
        text(out, &wanted.id);
        out.push(b' ');
        text(out, &wanted.module);
        text(out, "\nINFO CODE_ID ");
        text(out, code_id(&wanted.id));
        hex(
            out,
            Random::new(wanted.seed, Topic::Module, 0).next() >> 32 | 1 << 31,
        );
        out.push(b'\n');
    }

    /// Appends FILE number `index`.
    pub fn file(&self, out: &mut Vec<u8>, index: u64) {
        paths::file(self.plan.seed, out, index);
    }

    /// Appends INLINE_ORIGIN number `index`.
    pub fn origin(&mut self, out: &mut Vec<u8>, index: u64) {
        text(out, "INLINE_ORIGIN ");
        decimal(out, index);
        out.push(b' ');
        let mut random = Random::new(self.plan.seed, Topic::Origin, index);
        let words = self.words((index as f64 / ORIGINS_PER_FUNC) as u64);
        words.function(&mut random, out, ORIGIN_NAME);
        out.push(b'\n');
    }

    /// Appends the block of function number `index`.
    pub fn function(&mut self, out: &mut Vec<u8>, index: u64, address: u64, shape: &Shape) {
        let plan = self.plan;
        let words = self.words(index);
        Function::new(&plan, index).write(out, words, address, shape);
    }

    /// Appends PUBLIC number `index`; they stand behind the last function, which ends before
    /// `end`.
    pub fn public(&mut self, out: &mut Vec<u8>, index: u64, end: u64) {
        text(out, "PUBLIC ");
        hex(out, end + STUB * index);
        text(out, " 0 ");
        let mut random = Random::new(self.plan.seed, Topic::Public, index);
        self.words(index).function(&mut random, out, PUBLIC_NAME);
        out.push(b'\n');
    }

    /// Appends the unwinding of function number `index`.
    pub fn unwinding(&self, out: &mut Vec<u8>, index: u64, address: u64, shape: &Shape) {
        unwinding(out, self.plan.seed, index, address, shape.size());
    }

    fn words(&mut self, function: u64) -> &Vocabulary {
        let index = function / NEIGHBOURS;
        if self.vocabulary.index() != index {
            self.vocabulary = Vocabulary::new(self.plan.seed, index);
        }
        &self.vocabulary
    }
}

/// The first 16 bytes of the build id that a debug id was made of: the first three parts of the
/// GUID are numbers, stored with the low byte first.
fn code_id(id: &str) -> String {
    let byte = |position: usize| &id[2 * position..2 * position + 2];
    [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
        .iter()
        .map(|position| byte(*position))
        .collect()
}

/// Goes through the functions of a file in order.
pub fn for_each_function<E>(
    plan: Plan,
    mut each: impl FnMut(u64, u64, &Shape) -> Result<(), E>,
) -> Result<u64, E> {
    let mut layout = Layout::new(plan.seed);
    for _ in 0..plan.functions {
        let (index, address, shape) = layout.advance();
        each(index, address, &shape)?;
    }
    Ok(layout.address())
}
