//! Texts with every oddity that the parser has rules for, made at random: a pack must answer as
//! the parser does, and give the text back.

use std::cell::RefCell;
use std::collections::BTreeMap;

use breakpad_symbols::{SymbolError, SymbolFile};
use futures_executor::block_on;
use moonwalk_pack_format::{Comparison, Verdict, Want, verify};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::memory::{open, pack, text_of};
use crate::odd;

/// Texts that are compared; enough for each oddity to occur several times.
const TEXTS: u32 = 2_000;
/// How often an oddity must at least occur among them.
const OFTEN: u32 = 3;

fn config() -> Config {
    Config {
        cases: TEXTS,
        failure_persistence: None,
        ..Config::default()
    }
}

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![1 => vec(any::<u8>(), 0..40), 9 => vec(any::<u8>(), 0..900)]
}

/// The kind of verdict, and the line, that the real parser's own error stands for.
fn told(text: &[u8]) -> (&'static str, Option<u64>) {
    match SymbolFile::from_bytes(text) {
        Ok(_) => ("Fine", None),
        Err(SymbolError::ParseError(what, line)) => match what.split(' ').next() {
            Some("MODULE") => ("LateModule", Some(line)),
            Some("empty") => ("Empty", None),
            Some("unexpected") => ("Unfinished", Some(line)),
            _ => ("BadLine", Some(line)),
        },
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_pack_answers_as_the_parser_and_every_oddity_occurs() {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let (mut asked, mut verdicts) = (0, BTreeMap::new());
    let counted = RefCell::new((&mut counts, &mut asked, &mut verdicts));
    TestRunner::new(config())
        .run(&choices(), |choices| {
            let made = odd::text(&choices);
            let pack = open(pack(&made.text, 2));
            prop_assert!(text_of(&pack) == made.text);
            let verdict = pack.header().verdict;
            prop_assert_eq!((verdict.name(), verdict.line()), told(&made.text));
            let comparison = block_on(verify(&pack)).unwrap();
            prop_assert!(
                comparison.is_equal(),
                "{verdict:?} {:x?}",
                comparison.different
            );
            let (counts, asked, verdicts) = &mut *counted.borrow_mut();
            for (oddity, times) in made.oddities {
                *counts.entry(oddity).or_default() += times;
            }
            **asked += comparison.symbols + comparison.walks;
            *verdicts.entry(verdict.name()).or_insert(0) += 1;
            Ok(())
        })
        .unwrap();
    let rare: Vec<_> = odd::all()
        .into_iter()
        .filter(|oddity| counts.get(oddity).copied().unwrap_or(0) < OFTEN)
        .collect();
    assert!(rare.is_empty(), "too rare: {rare:?} of {counts:#?}");
    assert_eq!(verdicts.len(), 5, "{verdicts:?}");
    assert!(verdicts["Fine"] > TEXTS / 3, "{verdicts:?}");
    assert!(
        asked > 40 * u64::from(TEXTS),
        "only {asked} answers compared"
    );
}

fn compare(text: &[u8]) -> Comparison {
    block_on(verify(&open(pack(text, 2)))).unwrap()
}

#[test]
fn a_long_line_that_the_parser_passes_over_is_passed_over() {
    let long = format!("FUNC 100 10 0 {}\n", "y".repeat(150_000));
    for before in [0, 100, 3_000, 70_000, 81_000, 90_000] {
        let filler = "FILE 1 a\n".repeat(before / 9);
        let grown = format!("FILE 2 {}\n", "z".repeat(140_000));
        let text = format!("{grown}{filler}{long}FUNC 200 10 0 after\n200 8 1 1\n");
        let comparison = compare(text.as_bytes());
        assert!(comparison.is_equal(), "{before}: {comparison:?}");
    }
}

#[test]
fn a_function_of_many_blocks_is_one_slice() {
    let lines: String = (0..600_000u32)
        .map(|at| format!("{at:x} 1 {at} 1\n"))
        .collect();
    let text = format!("FUNC 0 {:x} 0 large\n{lines}", 600_000);
    assert!(text.len() > 8 << 20);
    let slice = block_on(open(pack(text.as_bytes(), 2)).slice(77, Want::Both)).unwrap();
    assert!(slice.text == text.as_bytes());
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let text = b"MODULE Linux x86_64 ABC0 a\n".iter().copied();
    let text: Vec<u8> = text.chain(b"PUBLIC 10 0 a\n".repeat(9_000)).collect();
    assert!(pack(&text, 1) == pack(&text, 3));
}

#[test]
fn a_corrupt_text_is_packed_with_the_line_of_its_fault() {
    for (text, verdict) in [
        (&b""[..], Verdict::Empty),
        (b"MODULE a b C d\nFILE 1 x", Verdict::Unfinished { line: 1 }),
        (
            b"FILE 1 x\nMODULE a b C d\n",
            Verdict::LateModule { line: 1 },
        ),
        (b"FILE 1 x\n\nno record\n", Verdict::BadLine { line: 2 }),
        (b"FILE 1 \xff\n", Verdict::BadLine { line: 0 }),
    ] {
        let pack = open(pack(text, 2));
        assert_eq!(pack.header().verdict, verdict);
        assert!(text_of(&pack) == text);
    }
}
