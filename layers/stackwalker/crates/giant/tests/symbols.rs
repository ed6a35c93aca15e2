//! What generated symbol files are like, seen by the real parser and by measuring.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::common::{Folder, ID, MODULE};
use breakpad_symbols::SymbolFile;
use moonwalk_giant::measure::{Kind, fields, hex, measure_file};
use moonwalk_giant::symbols::figures::FIGURES;

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let made = |seed| {
        let folder = Folder::new();
        folder.giant(500_000, seed);
        fs::read(folder.symbols()).expect("it can be read")
    };
    assert_eq!(made(1), made(1));
    assert_ne!(made(1), made(2));
}

#[test]
fn the_real_parser_takes_every_record() {
    let folder = Folder::new();
    let statistics = folder.giant(3_000_000, 3);
    let bytes = fs::read(folder.symbols()).expect("it can be read");
    let head = format!("MODULE Linux x86_64 {ID} {MODULE}\n");
    assert!(bytes.starts_with(head.as_bytes()));
    let parsed = SymbolFile::from_bytes(&bytes).expect("the parser takes it");
    let count = |kind| statistics.count(kind) as usize;
    assert_eq!(parsed.files.len(), count(Kind::File));
    assert_eq!(parsed.inline_origins.len(), count(Kind::InlineOrigin));
    assert_eq!(parsed.publics.len(), count(Kind::Public));
    assert_eq!(parsed.functions.ranges_values().count(), count(Kind::Func));
    let blocks: Vec<_> = parsed.cfi_stack_info.ranges_values().collect();
    assert_eq!(blocks.len(), count(Kind::CfiInit));
    let deltas: usize = blocks.iter().map(|(_, block)| block.add_rules.len()).sum();
    assert_eq!(deltas, count(Kind::CfiDelta));
    let lines: usize = parsed
        .functions
        .ranges_values()
        .map(|(_, function)| function.lines.ranges_values().count())
        .sum();
    assert_eq!(lines, count(Kind::Line));
}

#[test]
fn every_figure_is_within_its_tolerance_of_real_files() {
    let statistics = Folder::new().giant(20_000_000, 1);
    for figure in FIGURES {
        let generated = (figure.of)(&statistics);
        let differs = (generated / figure.real - 1.0).abs();
        assert!(
            differs <= figure.tolerance,
            "{}: {generated}, real {}",
            figure.name,
            figure.real
        );
    }
    let longest = |name| statistics.distribution(name).max();
    assert!(longest("FUNC name") > 4_000);
    assert!(longest("INLINE_ORIGIN name") > 4_000);
}

#[test]
fn the_size_is_within_two_in_a_hundred_of_what_was_wanted() {
    for size in [5_000_000, 20_000_000] {
        let made = Folder::new().giant(size, 5).bytes;
        assert!(made.abs_diff(size) * 50 < size, "{made} for {size}");
    }
}

#[test]
fn what_is_measured_while_writing_is_what_the_file_measures() {
    let folder = Folder::new();
    let made = folder.giant(2_500_000, 4);
    let read = measure_file(&folder.symbols()).expect("it can be measured");
    assert_eq!(made.bytes, read.bytes);
    assert_eq!(made.ratio, read.ratio);
    assert_eq!(made.count(Kind::Inline), read.count(Kind::Inline));
    let size = fs::metadata(folder.symbols()).expect("it is there").len();
    assert_eq!(read.bytes, size);
}

#[test]
fn every_inlined_call_lies_inside_the_call_around_it() {
    let folder = Folder::new();
    folder.giant(1_000_000, 6);
    let mut around: Vec<HashSet<u64>> = Vec::new();
    let mut deepest = 0;
    for line in text(&folder.symbols()).lines() {
        match Kind::of(line.as_bytes()) {
            Kind::Func => around = vec![function(line)],
            Kind::Inline => {
                let (depth, covered) = inline(line);
                assert!(covered.is_subset(&around[depth]), "{line}");
                around.truncate(depth + 1);
                around.push(covered);
                deepest = deepest.max(depth);
            }
            _ => {}
        }
    }
    assert!(deepest > 5);
}

#[test]
fn every_file_and_origin_that_is_named_exists() {
    let folder = Folder::new();
    let statistics = folder.giant(1_000_000, 7);
    let (files, origins) = (
        statistics.count(Kind::File),
        statistics.count(Kind::InlineOrigin),
    );
    for line in text(&folder.symbols()).lines() {
        let word = |position: usize| line.split(' ').nth(position)?.parse::<u64>().ok();
        match Kind::of(line.as_bytes()) {
            Kind::Line => assert!(word(3).is_some_and(|file| file < files), "{line}"),
            Kind::Inline => {
                assert!(word(3).is_some_and(|file| file < files), "{line}");
                assert!(word(4).is_some_and(|origin| origin < origins), "{line}");
            }
            _ => {}
        }
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a giant is text")
}

fn function(line: &str) -> HashSet<u64> {
    let mut words = fields(line);
    let start = hex(words.next());
    (start..start + hex(words.next())).collect()
}

/// Depth and covered addresses of an INLINE record.
fn inline(line: &str) -> (usize, HashSet<u64>) {
    let words: Vec<_> = fields(line).collect();
    let ranges = words[4..].chunks(2);
    let covered = ranges.flat_map(|range| {
        let start = hex(Some(range[0]));
        start..start + hex(Some(range[1]))
    });
    (words[0].parse().expect("a depth"), covered.collect())
}
