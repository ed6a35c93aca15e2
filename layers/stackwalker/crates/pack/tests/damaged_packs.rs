//! Packs that were cut, changed or made up: an error by name, and never another answer.

use futures_executor::block_on;
use moonwalk_pack_format::{Pack, PackError, Want};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::memory::{self, Bytes, open, text_of};

fn text() -> Vec<u8> {
    let mut text = b"MODULE Linux x86_64 ABC0 a\n".to_vec();
    for number in 0..2_000u32 {
        text.extend_from_slice(format!("FILE {number} source {number}\n").as_bytes());
    }
    for number in 0..2_000u32 {
        let at = number * 16;
        let lines = format!("FUNC {at:x} 10 0 f{number}\n{at:x} 10 1 {}\n", number % 50);
        text.extend_from_slice(lines.as_bytes());
    }
    text
}

fn pack() -> Vec<u8> {
    memory::pack(&text(), 1)
}

type Answers = (Vec<u8>, Vec<Vec<u8>>);

/// The text, and slices from all over the module.
fn read(bytes: Vec<u8>) -> Result<Answers, PackError> {
    block_on(async {
        let pack = Pack::open(Bytes(bytes)).await?;
        let mut text = Vec::new();
        let mut pieces = pack.text();
        while let Some(piece) = pieces.next().await? {
            text.extend_from_slice(&piece);
        }
        let mut slices = Vec::new();
        for at in (0..32_000).step_by(1_001) {
            slices.push(pack.slice(at, Want::Both).await?.text);
        }
        Ok((text, slices))
    })
}

#[test]
fn a_whole_pack_is_read() {
    let (read_text, slices) = read(pack()).unwrap();
    assert!(read_text == text());
    assert!(text_of(&open(pack())) == text());
    assert_eq!(
        slices[1],
        b"FUNC 3e0 10 0 f62\n3e0 10 1 12\nFILE 12 source 12\n"
    );
}

#[test]
fn a_slice_can_be_awaited_on_any_thread() {
    fn spawnable<T: Send>(future: T) -> T {
        future
    }
    let pack = block_on(spawnable(Pack::open(Bytes(pack())))).unwrap();
    let pieces = &mut pack.text();
    assert!(block_on(spawnable(pieces.next())).unwrap().is_some());
    let slice = block_on(spawnable(pack.slice(0, Want::Symbol))).unwrap();
    assert!(slice.symbols().is_ok());
}

#[test]
fn a_pack_cut_anywhere_is_no_pack() {
    let whole = pack();
    for length in (0..whole.len()).step_by(7) {
        let error = read(whole[..length].to_vec()).unwrap_err();
        assert_eq!(error.name(), "NotAPack");
    }
}

#[test]
fn an_unknown_version_is_named() {
    let mut other = pack();
    let at = other.len() - 32 + 12;
    other[at] = 9;
    let error = read(other).unwrap_err();
    assert!(matches!(
        error,
        PackError::ContainerVersion { found: 9, known: 1 }
    ));
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_changed_byte_is_noticed_or_without_effect(
        place in any::<prop::sample::Index>(),
        change in 1..=255u8,
    ) {
        let whole = pack();
        let mut changed = whole.clone();
        changed[place.index(whole.len())] ^= change;
        if let Ok(answers) = read(changed) {
            prop_assert!(answers == read(whole).unwrap());
        }
    }

    #[test]
    fn bytes_that_end_like_a_pack_are_refused(
        body in prop::collection::vec(any::<u8>(), 0..200),
        length in 0..200u32,
    ) {
        let mut trailer = Vec::new();
        let offset = (body.len() as u64).saturating_sub(u64::from(length));
        trailer.extend_from_slice(&offset.to_le_bytes());
        trailer.extend_from_slice(&(body.len() as u32 - offset as u32).to_le_bytes());
        trailer.extend_from_slice(&[1, 0, 1, 0]);
        let sum = crc32fast::hash(&trailer);
        trailer.extend_from_slice(&sum.to_le_bytes());
        trailer.extend_from_slice(&[0; 4]);
        trailer.extend_from_slice(b"MOONPACK");
        let bytes = [body, trailer].concat();
        prop_assert!(read(bytes).is_err());
    }
}
