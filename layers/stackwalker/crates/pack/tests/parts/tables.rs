//! What pages and directory consist of, by `docs/pack-format.md`.

use super::numbers::{Numbers, signed};
use super::{Frame, Token};

/// The number that stands for the order of the text where the seven indexes have theirs.
const ORDER: usize = 7;

/// Where the entries of a page of ranges begin and end.
pub(super) fn entries(numbers: &mut Numbers<'_>) -> Option<Vec<u64>> {
    for _ in 0..numbers.take()?.min(1_000) {
        numbers.take()?;
        numbers.take()?;
    }
    let (mut all, mut floor) = (Vec::new(), 0u64);
    for _ in 0..numbers.take()?.min(24) {
        let start = floor.wrapping_add(numbers.take()?);
        floor = start.wrapping_add(numbers.take()?);
        all.extend([start, floor.wrapping_sub(1)]);
        for _ in 0..4 {
            numbers.take()?;
        }
    }
    Some(all)
}

/// Takes places off a list, each as the number of its frame.
struct Places<'a> {
    frames: &'a [Frame],
    end: u64,
    first: bool,
}

impl<'a> Places<'a> {
    fn new(frames: &'a [Frame]) -> Self {
        Self {
            frames,
            end: 0,
            first: true,
        }
    }

    fn take(&mut self, numbers: &mut Numbers<'_>) -> Option<(usize, Token)> {
        let at = self.end.checked_add_signed(signed(numbers.take()?))?;
        self.end = at.checked_add(numbers.take()?)?;
        let frame = self.frames.iter().position(|frame| frame.at == at)?;
        let token = Token::Place(frame, std::mem::take(&mut self.first));
        Some((frame, token))
    }
}

/// A list of places, and the frames that it names.
fn list(numbers: &mut Numbers<'_>, frames: &[Frame]) -> Option<(Vec<Token>, Vec<usize>)> {
    let places = &mut Places::new(frames);
    let count = numbers.take()?;
    let (mut tokens, mut named) = (vec![Token::Number(count)], Vec::new());
    for _ in 0..count {
        let (frame, token) = places.take(numbers)?;
        named.push(frame);
        tokens.push(token);
    }
    Some((tokens, named))
}

/// A page of ranges, or a part of the order of the text: a list of places, then numbers.
pub(super) fn ranges(raw: &[u8], frames: &[Frame]) -> Option<Vec<Token>> {
    let numbers = &mut Numbers(raw);
    let (mut tokens, _) = list(numbers, frames)?;
    while !numbers.0.is_empty() {
        tokens.push(Token::Number(numbers.take()?));
    }
    Some(tokens)
}

pub(super) fn runs(raw: &[u8], frames: &[Frame]) -> Option<Vec<Token>> {
    let (numbers, places) = (&mut Numbers(raw), &mut Places::new(frames));
    let count = numbers.take()?;
    let mut tokens = vec![Token::Number(count)];
    for _ in 0..count {
        tokens.push(Token::Number(numbers.take()?));
        tokens.push(Token::Number(numbers.take()?));
        tokens.push(places.take(numbers)?.1);
    }
    Some(tokens)
}

/// The directory's tokens, and its pages.
type Directory = (Vec<Token>, Vec<Page>);

/// The index that a page is of, and the number of its frame.
type Page = (usize, usize);

/// The directory's tokens, and the pages of each index by the number of their frame.
pub(super) fn directory(raw: &[u8], frames: &[Frame]) -> Option<Directory> {
    let numbers = &mut Numbers(raw);
    let (mut tokens, mut pages) = (Vec::new(), Vec::new());
    // Bytes by count: six strings; the address after its flag; the hash after the text's length.
    for numbers_before in [0, 0, 0, 0, 0, 0, 1, 1] {
        for _ in 0..numbers_before {
            tokens.push(Token::Number(numbers.take()?));
        }
        let bytes = numbers.take_bytes()?;
        tokens.push(Token::Number(bytes.len() as u64));
        tokens.push(Token::Raw(bytes));
    }
    // Lines, verdict and its line, bytes of text frames.
    for _ in 0..4 {
        tokens.push(Token::Number(numbers.take()?));
    }
    let (order, parts) = list(numbers, frames)?;
    tokens.extend(order);
    pages.extend(parts.into_iter().map(|frame| (ORDER, frame)));
    let (at, length) = (numbers.take()?, numbers.take()?);
    let frame = frames.iter().position(|frame| length > 0 && frame.at == at);
    tokens.push(Token::Dictionary(frame.unwrap_or(usize::MAX)));
    tokens.push(Token::Number(numbers.take()?));
    for index in 0..7 {
        tokens.push(Token::Number(numbers.take()?));
        let count = numbers.take()?;
        tokens.push(Token::Number(count));
        let places = &mut Places::new(frames);
        for _ in 0..count {
            tokens.push(Token::Number(numbers.take()?));
            let (frame, token) = places.take(numbers)?;
            pages.push((index, frame));
            tokens.push(token);
        }
    }
    Some((tokens, pages))
}
