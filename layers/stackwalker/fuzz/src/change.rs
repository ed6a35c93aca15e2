//! Changes to the inside of a pack: numbers, places, content, whole frames.

use crate::parts::{Parts, Token, bytes};

/// Numbers at the limits that a reader checks.
const LIMITS: [u64; 10] = [
    0,
    1,
    127,
    512,
    (1 << 24) - 1,
    1 << 24,
    (256 << 20) + 1,
    u32::MAX as u64,
    i64::MAX as u64,
    u64::MAX,
];

/// Bytes that may be repeated often without filling the memory with nothing.
const FEW: usize = 64;

/// A small generator of numbers: a change must follow from the fuzzer's seed alone.
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same for the same seed.
    pub fn new(seed: u32) -> Self {
        Self(u64::from(seed) << 1 | 1)
    }

    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.roll() >> 33) as usize % limit
    }
}

/// Changes one to four things; `mutate` changes bytes, as the fuzzer knows how.
pub fn change(parts: &mut Parts, dice: &mut Dice, mutate: &mut impl FnMut(&mut Vec<u8>)) {
    for _ in 0..=dice.below(4) {
        let frame = match dice.below(3) {
            0 => parts.frames.len() - 1,
            _ => dice.below(parts.frames.len()),
        };
        match dice.below(16) {
            0 => frames(parts, frame, dice),
            1 => parts.versions[dice.below(2)] = dice.below(4) as u16,
            2 => parts.frames[frame].kind = dice.below(7) as u8,
            3 => parts.frames[frame].says = Some(LIMITS[dice.below(LIMITS.len())] as u32),
            4..=6 => content(&mut parts.frames[frame].tokens, mutate),
            _ => {
                let count = parts.frames.len();
                token(&mut parts.frames[frame].tokens, count, dice, mutate);
            }
        }
    }
}

fn frames(parts: &mut Parts, frame: usize, dice: &mut Dice) {
    let copy = parts.frames[frame].clone();
    match dice.below(3) {
        0 => parts.frames.insert(frame, copy),
        1 if parts.frames.len() > 1 => drop(parts.frames.remove(frame)),
        _ => {
            let other = dice.below(parts.frames.len());
            parts.frames.swap(frame, other);
        }
    }
}

/// Changes the bytes of a frame as a whole; places in it stay what they are, as bytes.
fn content(tokens: &mut Vec<Token>, mutate: &mut impl FnMut(&mut Vec<u8>)) {
    let mut raw = bytes(tokens, &[]);
    mutate(&mut raw);
    *tokens = vec![Token::Raw(raw)];
}

fn token(
    tokens: &mut Vec<Token>,
    frames: usize,
    dice: &mut Dice,
    mutate: &mut impl FnMut(&mut Vec<u8>),
) {
    if tokens.is_empty() {
        return;
    }
    let at = dice.below(tokens.len());
    match dice.below(8) {
        0 => drop(tokens.remove(at)),
        1 => {
            let copy = tokens[at].clone();
            let times = match &copy {
                Token::Raw(raw) if raw.len() > FEW => 1,
                _ => 1 << dice.below(9),
            };
            tokens.splice(at..at, std::iter::repeat_n(copy, times));
        }
        2 => {
            let other = dice.below(tokens.len());
            tokens.swap(at, other);
        }
        _ => match &mut tokens[at] {
            Token::Number(number) => {
                *number = match dice.below(3) {
                    0 => LIMITS[dice.below(LIMITS.len())],
                    1 => number.wrapping_add(dice.below(9) as u64).wrapping_sub(4),
                    _ => dice.below(1 << 16) as u64,
                }
            }
            Token::Place(frame, _) | Token::Dictionary(frame) => *frame = dice.below(frames + 1),
            Token::Raw(raw) => mutate(raw),
        },
    }
}
