//! Packs that are made and read in memory, and what they are compared with.

use std::fs::File;
use std::future::Future;
use std::io::{self, Seek, Write};
use std::ops::Range;

use futures_executor::block_on;
use moonwalk_pack_format::{Key, Pack, RangeReader, ReadCost, build};

/// The bytes of a pack.
pub struct Bytes(pub Vec<u8>);

impl RangeReader for Bytes {
    fn suffix(&self, length: u64) -> impl Future<Output = io::Result<(Vec<u8>, u64)>> + Send {
        let start = self.0.len().saturating_sub(length as usize);
        let tail = self.0[start..].to_vec();
        std::future::ready(Ok((tail, self.0.len() as u64)))
    }

    fn ranges(
        &self,
        wanted: &[Range<u64>],
    ) -> impl Future<Output = io::Result<Vec<Vec<u8>>>> + Send {
        let get = |range: &Range<u64>| {
            let bytes = self.0.get(range.start as usize..range.end as usize);
            bytes
                .map(<[u8]>::to_vec)
                .ok_or(io::ErrorKind::UnexpectedEof.into())
        };
        std::future::ready(wanted.iter().map(get).collect())
    }

    fn cost(&self) -> ReadCost {
        ReadCost::default()
    }
}

/// The pack of a text, packed with `threads` threads by way of a file without a name.
pub fn pack(text: &[u8], threads: usize) -> Vec<u8> {
    pack_with(&mut tempfile::tempfile().unwrap(), text, threads)
}

/// As [`pack`], by way of a file that is used again.
pub fn pack_with(source: &mut File, text: &[u8], threads: usize) -> Vec<u8> {
    source.set_len(0).unwrap();
    source.rewind().unwrap();
    source.write_all(text).unwrap();
    let mut packed = Vec::new();
    build(source, Key::default(), threads, &mut packed).unwrap();
    packed
}

/// Opens a pack that is whole.
pub fn open(packed: Vec<u8>) -> Pack<Bytes> {
    block_on(Pack::open(Bytes(packed))).unwrap()
}

/// The text that a pack gives back.
pub fn text_of(pack: &Pack<Bytes>) -> Vec<u8> {
    let mut text = Vec::new();
    let mut pieces = pack.text();
    while let Some(piece) = block_on(pieces.next()).unwrap() {
        text.extend_from_slice(&piece);
    }
    text
}
