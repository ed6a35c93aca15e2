//! Texts with every oddity that the parser has rules for, made at random: a pack must answer as
//! the parser does, and give the text back.

use std::fs::File;
use std::io::Write;

use futures_executor::block_on;
use moonwalk_pack_format::{Comparison, FileReader, Key, Pack, Verdict, Want, build, verify};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::Config;

/// Addresses close enough together to touch, and some at the end of 64 bits.
fn address() -> impl Strategy<Value = u64> {
    prop_oneof![
        20 => 0..0x60u64,
        1 => (0..0x20u64).prop_map(|back| u64::MAX - back),
    ]
}

fn size() -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(0), 20 => 1..0x14u32, 1 => Just(u32::MAX)]
}

fn gap() -> impl Strategy<Value = &'static str> {
    prop_oneof![12 => Just(" "), 1 => Just("  "), 1 => Just("\t")]
}

fn end() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\r\r\n")]
}

fn multiple() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just(""), 1 => Just("m ")]
}

/// Names, now and then of a length that makes the parser's buffer matter.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        60 => "[a-e ]{0,3}",
        3 => Just("é".to_owned()),
        1 => (50_000..200_000usize).prop_map(|length| "x".repeat(length)),
    ]
}

fn id() -> impl Strategy<Value = u32> {
    0..5u32
}

fn func() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => (address(), size(), id(), end())
            .prop_map(|(at, size, file, end)| format!("{at:x} {size:x} {} {file}{end}", at % 7)),
        3 => (id(), id(), id(), vec((address(), size()), 1..3)).prop_map(
            |(depth, file, origin, ranges)| {
                let ranges: Vec<_> = ranges.iter().map(|(at, size)| format!("{at:x} {size:x}")).collect();
                format!("INLINE {} 7 {file} {origin} {}\n", depth % 3, ranges.join(" "))
            }
        ),
        2 => (id(), name()).prop_map(|(id, name)| format!("INLINE_ORIGIN {id} {name}\n")),
    ];
    (
        multiple(),
        address(),
        size(),
        name(),
        gap(),
        end(),
        vec(part, 0..5),
    )
        .prop_map(|(multiple, at, size, name, gap, end, parts)| {
            format!(
                "FUNC {multiple}{at:x}{gap}{size:x} 4 {name}{end}{}",
                parts.concat()
            )
        })
}

fn cfi() -> impl Strategy<Value = String> {
    let rules = prop_oneof![
        Just(".cfa: $rsp 8 + .ra: .cfa -8 + ^"),
        Just(".cfa: $rsp 16 +"),
        Just("$rbx: .cfa -16 + ^"),
        Just("nonsense"),
    ];
    let delta = (address(), rules.clone(), end())
        .prop_map(|(at, rules, end)| format!("STACK CFI {at:x} {rules}{end}"));
    (address(), size(), rules, vec(delta, 0..4)).prop_map(|(at, size, rules, deltas)| {
        format!(
            "STACK CFI INIT {at:x} {size:x} {rules}\n{}",
            deltas.concat()
        )
    })
}

fn win() -> impl Strategy<Value = String> {
    let program = "$eip .raSearch ^ = $esp .raSearch 4 + =";
    (
        prop_oneof!["[04]", Just("3".to_owned())],
        address(),
        size(),
        id(),
        0..8u8,
    )
        .prop_map(move |(kind, at, size, parameters, odd)| {
            let has = u8::from((kind == "4") != (odd == 0));
            let rest = if has == 1 { program } else { "1" };
            format!("STACK WIN {kind} {at:x} {size:x} 0 0 {parameters:x} 4 8 0 {has} {rest}\n")
        })
}

fn record() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => func(),
        5 => cfi(),
        5 => win(),
        4 => (id(), name(), end()).prop_map(|(id, name, end)| format!("FILE {id} {name}{end}")),
        4 => (gap(), id(), name())
            .prop_map(|(gap, id, name)| format!("INLINE_ORIGIN{gap}{id} {name}\n")),
        6 => (multiple(), address(), id(), name())
            .prop_map(|(m, at, size, name)| format!("PUBLIC {m}{at:x} {size:x} {name}\n")),
        1 => Just("INFO CODE_ID AB\n".to_owned()),
        1 => id().prop_map(|id| format!("INFO URL https://example.org/{id}\n")),
        2 => end().prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        12 => Just("MODULE Linux x86_64 ABC0 some name\n"),
        1 => Just("MODULE Linux\nx86_64 ABC0 FILE 1 x\r\n"),
        1 => Just(""),
    ];
    let flaw = prop_oneof![
        16 => Just(""),
        1 => Just("MODULE Linux x86_64 ABC0 late\n"),
        1 => Just("\nSTACK CFI 10 orphan\n"),
        1 => Just("INLINE 0 1 1 1 10 4\n"),
        1 => Just("no record\n"),
        1 => Just("FILE 1 without an end"),
        1 => Just("FUNC 10000000000000000 1 1 x\n"),
    ];
    (
        first,
        vec(record(), 0..60),
        flaw,
        any::<prop::sample::Index>(),
    )
        .prop_map(|(first, mut records, flaw, place)| {
            let at = match flaw.ends_with('\n') {
                true => place.index(records.len() + 1),
                false => records.len(),
            };
            records.insert(at, flaw.to_owned());
            records.insert(0, first.to_owned());
            records.concat().into_bytes()
        })
}

fn pack(text: &[u8]) -> Vec<u8> {
    let mut source = tempfile::tempfile().unwrap();
    source.write_all(text).unwrap();
    let mut packed = Vec::new();
    build(&source, Key::default(), 2, &mut packed).unwrap();
    packed
}

fn open(packed: &[u8]) -> Pack<FileReader> {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(packed).unwrap();
    block_on(Pack::open(FileReader::new(file))).unwrap()
}

fn compare(text: &[u8]) -> Comparison {
    block_on(verify(&open(&pack(text)))).unwrap()
}

fn text_of(pack: &Pack<FileReader>) -> Vec<u8> {
    let mut text = Vec::new();
    let mut pieces = pack.text();
    while let Some(piece) = block_on(pieces.next()).unwrap() {
        text.extend_from_slice(&piece);
    }
    text
}

proptest! {
    #![proptest_config(Config { cases: 1500, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_pack_answers_as_the_parser_and_gives_the_text_back(text in text()) {
        let pack = open(&pack(&text));
        prop_assert!(text_of(&pack) == text);
        let comparison = block_on(verify(&pack)).unwrap();
        prop_assert!(
            comparison.is_equal(),
            "{:?} {:?}",
            pack.header().verdict,
            comparison.different
        );
    }
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
    let slice = block_on(open(&pack(text.as_bytes())).slice(77, Want::Both)).unwrap();
    assert!(slice.text == text.as_bytes());
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let text = b"MODULE Linux x86_64 ABC0 a\n".iter().copied();
    let text: Vec<u8> = text.chain(b"PUBLIC 10 0 a\n".repeat(9_000)).collect();
    assert!(pack(&text) == pack(&text));
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
        let pack = open(&pack(text));
        assert_eq!(pack.header().verdict, verdict);
        assert!(text_of(&pack) == text);
    }
}
