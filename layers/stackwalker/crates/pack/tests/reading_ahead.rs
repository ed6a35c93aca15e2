//! What is read ahead is what slices need: in two rounds for records, and two at most for names.

use std::future::Future;
use std::io;
use std::ops::Range;
use std::sync::Mutex;

use futures_executor::block_on;
use moonwalk_pack_format::{NamesLeft, Pack, RangeReader, ReadCost, Want};

use crate::memory::{self, Bytes, open, text_of};

/// Addresses of functions that are far from one another.
const ADDRESSES: [u64; 5] = [0x1_0008, 0x8_8888, 0x4_4444, 0x10, 0xF_0000];
const FUNCTIONS: u32 = 65_536;

/// A text whose names are so many that they fill blocks of their own, and whose pack is large.
fn text() -> Vec<u8> {
    let mut text = b"MODULE Linux x86_64 ABC0 a\n".to_vec();
    let mut add = |line: String| text.extend_from_slice(line.as_bytes());
    let odd = |number: u32| number.wrapping_mul(0x9E37_79B1);
    for number in 0..FUNCTIONS {
        add(format!("FILE {number} source {:x}\n", odd(number)));
    }
    for number in 0..FUNCTIONS {
        let at = number * 16;
        let name = odd(number + FUNCTIONS);
        add(format!("FUNC {at:x} 10 0 f{name:x}\n"));
        add(format!("{at:x} 10 1 {}\n", name % FUNCTIONS));
    }
    for number in 0..FUNCTIONS {
        let at = number * 16;
        add(format!(
            "STACK CFI INIT {at:x} 10 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
        ));
    }
    text
}

/// Counts rounds: each call is one.
struct Counting {
    pack: Bytes,
    rounds: Mutex<Vec<u64>>,
}

impl RangeReader for &Counting {
    fn suffix(&self, length: u64) -> impl Future<Output = io::Result<(Vec<u8>, u64)>> + Send {
        self.pack.suffix(length)
    }

    fn ranges(
        &self,
        wanted: &[Range<u64>],
    ) -> impl Future<Output = io::Result<Vec<Vec<u8>>>> + Send {
        let bytes = wanted.iter().map(|range| range.end - range.start).sum();
        self.rounds.lock().unwrap().push(bytes);
        self.pack.ranges(wanted)
    }

    fn cost(&self) -> ReadCost {
        ReadCost::default()
    }
}

fn counting() -> Counting {
    Counting {
        pack: Bytes(memory::pack(&text(), 2)),
        rounds: Mutex::default(),
    }
}

fn rounds(of: &Counting) -> usize {
    of.rounds.lock().unwrap().len()
}

fn sorted_lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<_> = text.split_inclusive(|&byte| byte == b'\n').collect();
    lines.sort_unstable();
    lines
}

#[test]
fn slices_need_no_more_reading_after_reading_ahead() {
    let counting = counting();
    let whole = open(counting.pack.0.clone());
    assert!(text_of(&whole) == text());
    block_on(async {
        let pack = Pack::open(&counting).await.unwrap();
        let before = rounds(&counting);
        pack.hold(1 << 20);
        pack.prefetch(&ADDRESSES, 1 << 20).await.unwrap();
        assert_eq!(rounds(&counting) - before, 2);
        let mut left = NamesLeft::default();
        for at in ADDRESSES {
            let lacking = pack.slice_leaving(at, Want::Both, &mut left).await.unwrap();
            let expected = whole.slice(at, Want::Both).await.unwrap();
            assert!(expected.text.starts_with(&lacking.text));
            assert!(expected.text.len() > lacking.text.len());
        }
        assert_eq!(left.count(), ADDRESSES.len());
        assert_eq!(rounds(&counting) - before, 2);
        // The few pages of names stand near the end, which came with the opening.
        pack.fetch_names(&left).await.unwrap();
        assert_eq!(rounds(&counting) - before, 3);
        for at in ADDRESSES {
            let mut left = NamesLeft::default();
            let slice = pack.slice_leaving(at, Want::Both, &mut left).await.unwrap();
            let expected = whole.slice(at, Want::Both).await.unwrap();
            assert_eq!(sorted_lines(&slice.text), sorted_lines(&expected.text));
            assert_eq!(left.count(), 0);
            assert_eq!(pack.slice(at, Want::Both).await.unwrap(), expected);
        }
        assert_eq!(rounds(&counting) - before, 3);
    });
}

#[test]
fn no_more_blocks_are_read_ahead_than_allowed() {
    let counting = counting();
    block_on(async {
        let pack = Pack::open(&counting).await.unwrap();
        pack.hold(1 << 20);
        let everywhere: Vec<u64> = (0..0x10_0000).step_by(0x1000).collect();
        let most = 20_000;
        pack.prefetch(&everywhere, most).await.unwrap();
        let rounds = counting.rounds.lock().unwrap();
        let [.., blocks] = rounds[..] else {
            panic!("nothing was read")
        };
        // Blocks are read with small gaps between them.
        assert!(blocks > most / 2 && blocks < most * 2, "{blocks}");
    });
}

#[test]
fn what_is_not_held_is_read_again_when_it_is_needed() {
    let counting = counting();
    let whole = open(counting.pack.0.clone());
    block_on(async {
        let pack = Pack::open(&counting).await.unwrap();
        pack.hold(100);
        pack.prefetch(&ADDRESSES, u64::MAX).await.unwrap();
        for at in ADDRESSES {
            let slice = pack.slice(at, Want::Both).await.unwrap();
            assert_eq!(slice, whole.slice(at, Want::Both).await.unwrap());
        }
    });
}

#[test]
fn a_pack_of_a_corrupt_text_has_nothing_to_read_ahead() {
    let counting = Counting {
        pack: Bytes(memory::pack(b"MODULE Linux x86_64 ABC0 a\nNONSENSE\n", 1)),
        rounds: Mutex::default(),
    };
    block_on(async {
        let pack = Pack::open(&counting).await.unwrap();
        pack.prefetch(&ADDRESSES, u64::MAX).await.unwrap();
    });
    assert_eq!(rounds(&counting), 0);
}
