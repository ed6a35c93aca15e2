//! Packs whose checksums are right and whose insides were made with malice: an error by name, soon
//! and in little memory. Written by `docs/pack-format.md`, with nothing of the crate's own encoders.

use std::time::{Duration, Instant};

use futures_executor::block_on;
use moonwalk_pack_format::{Pack, Want};

use crate::memory::{Bytes, open, pack, text_of};
use crate::parts::{Frame, Parts, Token};

/// What no hostile pack may take; a sound one of its size takes a thousandth.
const SOON: Duration = Duration::from_secs(20);

fn small() -> Parts {
    let text = b"MODULE Linux x86_64 ABC0 a\nFILE 1 a.c\nFUNC 10 10 0 f\n10 10 1 1\nPUBLIC 5 0 p\n";
    Parts::of(&pack(text, 1)).unwrap()
}

/// The number of the frame that is the only page of an index: 0 FUNC … 5 FILE.
fn page_of(parts: &Parts, index: usize) -> usize {
    let directory = &parts.frames.last().unwrap().tokens;
    let last = directory.len();
    // From the end, an index with one page is: records, 1, first key, place; one without: 0, 0.
    let mut at = last;
    for number in (index..7).rev() {
        let has = matches!(directory[at - 1], Token::Place(..));
        at -= if has { 4 } else { 2 };
        if number == index {
            let Token::Place(frame, _) = directory[at + 3] else {
                panic!("no page of index {index}");
            };
            return frame;
        }
    }
    unreachable!("there are seven indexes")
}

fn first_block(parts: &Parts) -> usize {
    parts
        .frames
        .iter()
        .position(|frame| frame.kind == 1)
        .unwrap()
}

/// Inserts a frame before the others, so that every number of a frame moves on by one.
fn prepend(parts: &mut Parts, frame: Frame) {
    for token in parts.frames.iter_mut().flat_map(|frame| &mut frame.tokens) {
        if let Token::Place(number, _) | Token::Dictionary(number) = token {
            *number = number.saturating_add(1);
        }
    }
    parts.frames.insert(0, frame);
}

/// A page with one FUNC at 0x10, whose lines are in these blocks.
fn page(blocks: &[usize], offset: u64, length: u64) -> Vec<Token> {
    let mut tokens = vec![Token::Number(blocks.len() as u64)];
    tokens.extend(
        blocks
            .iter()
            .enumerate()
            .map(|(at, &block)| Token::Place(block, at == 0)),
    );
    let rest = blocks.len() as u64 - 1;
    let numbers = [1, 0x10, 0x10, 0, rest, offset * 2, length];
    tokens.extend(numbers.map(Token::Number));
    tokens
}

/// The name of the error that a slice at 0x12 ends with.
fn refused(parts: &Parts) -> &'static str {
    let begun = Instant::now();
    let pack = block_on(Pack::open(Bytes(parts.pack()))).unwrap();
    let error = block_on(pack.slice(0x12, Want::Both)).unwrap_err();
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    error.name()
}

#[test]
fn a_pack_taken_apart_and_put_together_is_the_same_pack() {
    assert!(small().addresses().contains(&0x10));
    let text = text_of(&open(small().pack()));
    assert!(text.starts_with(b"MODULE"));
    let slice = block_on(open(small().pack()).slice(0x12, Want::Both)).unwrap();
    assert_eq!(slice.text, b"FUNC 10 10 0 f\n10 10 1 1\nFILE 1 a.c\n");
}

#[test]
fn a_page_that_may_name_any_block_answers_as_it_says() {
    let mut parts = small();
    let (block, func) = (first_block(&parts), page_of(&parts, 0));
    parts.frames[func].tokens = page(&[block], 27, 11);
    let slice = block_on(open(parts.pack()).slice(0x12, Want::Symbol)).unwrap();
    assert_eq!(slice.text, b"FILE 1 a.c\n");
}

/// Bytes that do not compress, so that reading them makes a reader forget what it read before.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u64;
    let bytes = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8 | 0x80
    });
    bytes.take(length).collect()
}

#[test]
fn a_frame_that_is_a_page_of_ranges_and_of_names_is_refused() {
    let mut parts = small();
    let lines = b"FUNC 10 10 0 f\n10 10 1 1\n";
    let filler = noise(3 << 20);
    prepend(&mut parts, Frame::of(1, [&filler, &lines[..]].concat()));
    let (func, file) = (page_of(&parts, 0), page_of(&parts, 5));
    parts.frames[func].tokens = page(&[0], filler.len() as u64, lines.len() as u64);
    for token in &mut parts.frames.last_mut().unwrap().tokens {
        if matches!(token, Token::Place(number, _) if *number == file) {
            *token = Token::Place(func, true);
        }
    }
    assert_eq!(refused(&parts), "Damaged");
}

#[test]
fn lines_that_begin_beyond_their_block_are_refused() {
    let mut parts = small();
    let (block, func) = (first_block(&parts), page_of(&parts, 0));
    parts.frames[func].tokens = page(&[block, block], 1_000_000, 11);
    assert_eq!(refused(&parts), "Damaged");
}

#[test]
fn empty_blocks_without_end_are_refused() {
    let mut parts = small();
    prepend(&mut parts, Frame::of(1, Vec::new()));
    let func = page_of(&parts, 0);
    parts.frames[func].tokens = page(&vec![0; 500_000], 0, 11);
    assert_eq!(refused(&parts), "Damaged");
}

#[test]
fn unread_blocks_without_end_are_not_decompressed_one_by_one() {
    let mut parts = small();
    for _ in 0..2 {
        prepend(&mut parts, Frame::of(2, vec![b'x'; 15 << 20]));
    }
    let func = page_of(&parts, 0);
    let blocks: Vec<usize> = (0..200_000).map(|at| at % 2).collect();
    parts.frames[func].tokens = page(&blocks, 0, 11);
    assert_eq!(refused(&parts), "Damaged");
}

#[test]
fn blocks_that_no_line_needs_are_not_decompressed() {
    let mut parts = small();
    for _ in 0..2 {
        prepend(&mut parts, Frame::of(1, vec![b'\n'; 15 << 20]));
    }
    let (block, func) = (first_block(&small()) + 2, page_of(&parts, 0));
    let mut blocks: Vec<usize> = (0..100_000).map(|at| at % 2).collect();
    blocks[0] = block;
    parts.frames[func].tokens = page(&blocks, 27, 11);
    let begun = Instant::now();
    let slice = block_on(open(parts.pack()).slice(0x12, Want::Symbol)).unwrap();
    assert_eq!(slice.text, b"FILE 1 a.c\n");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}
