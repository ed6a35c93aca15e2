//! The calls inlined into a function: nested, each inside the ranges of the one around it.

use crate::random::Random;
use crate::symbols::profile::{INLINES, LINES};

/// The most INLINE records of a function; `crash-client` has one with 864.
const MOST: f64 = 2_000.0;
/// How INLINE records vary between functions of the same number of lines.
const SPREAD: f64 = 0.6;
/// Lines left out of a call's on average, where there are enough; some touch, and short calls have
/// none, so this is more than the ranges that come of it.
const HOLES: f64 = 2.6;
/// The deepest level; `crash-client` has one of 27.
const DEEPEST: u64 = 30;

/// An inlined call.
pub struct Call {
    /// How many calls it is inside of.
    pub depth: u64,
    /// Lines of the function that belong to it, by number, in order.
    pub lines: Vec<u32>,
}

/// The calls inlined into a function of `lines` lines, outer ones before those inside them.
pub fn inlined(random: &mut Random, lines: usize) -> Vec<Call> {
    let mean = INLINES / LINES.mean * lines as f64;
    let wanted = random.lognormal(mean, SPREAD).min(MOST).round() as usize;
    let mut calls = Vec::with_capacity(wanted);
    let all: Vec<u32> = (0..lines as u32).collect();
    nest(random, &mut calls, 0, &all, wanted);
    calls
}

fn nest(random: &mut Random, calls: &mut Vec<Call>, depth: u64, mut free: &[u32], mut left: usize) {
    while left > 0 && !free.is_empty() && depth < DEEPEST {
        let inside = share(random, left);
        let room = (free.len() * (inside + 1)).div_ceil(left + 1).max(1);
        let (taken, rest) = free.split_at(room.min(free.len()));
        let lines = thinned(random, taken);
        calls.push(Call {
            depth,
            lines: lines.clone(),
        });
        nest(random, calls, depth + 1, &lines, inside);
        left -= inside + 1;
        free = rest;
    }
}

/// How many of `left` calls go into the next one, which is one of them: often most of them, since
/// real calls nest deeper than they are wide.
fn share(random: &mut Random, left: usize) -> usize {
    let other = left - 1;
    match random.percent(50) {
        true => other - random.below(1 + other as u64 / 4) as usize,
        false => random.below(1 + other as u64) as usize,
    }
}

/// Some of the lines left out inside, so that the call has several ranges.
fn thinned(random: &mut Random, lines: &[u32]) -> Vec<u32> {
    let holes = (lines.len() / 3).min(random.lognormal(HOLES, 1.3).round() as usize);
    let mut kept = lines.to_vec();
    for _ in 0..holes {
        let hole = 1 + random.below(kept.len() as u64 - 2) as usize;
        kept.remove(hole);
    }
    kept
}

/// The ranges of code of `lines`: start and end, those that touch made one. `starts` has the
/// address of each line and, last, the end.
pub fn ranges(lines: &[u32], starts: &[u64]) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for line in lines {
        let (start, end) = (starts[*line as usize], starts[*line as usize + 1]);
        match ranges.last_mut() {
            Some(last) if last.1 == start => last.1 = end,
            _ => ranges.push((start, end)),
        }
    }
    ranges
}
