//! Any bytes as a pack: opened, told of, unpacked, read ahead and asked. Errors are fine; a panic, a wrapped
//! number, more memory than libFuzzer is told to allow, or no end in sight are not.
#![no_main]

use futures_executor::block_on;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use moonwalk_fuzz::bounded::Bounded;
use moonwalk_fuzz::change::{Dice, change};
use moonwalk_fuzz::memory::Bytes;
use moonwalk_fuzz::parts::Parts;
use moonwalk_pack_format::{NamesLeft, Pack, Want};

/// Bytes of blocks that are read ahead at most.
const AHEAD: u64 = 1 << 20;

#[global_allocator]
static MEMORY: Bounded = Bounded::new();

fuzz_target!(|bytes: &[u8]| {
    let addresses = Parts::of(bytes).map_or_else(|| vec![0, 16], |parts| parts.addresses());
    block_on(read(bytes, &addresses));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 8 > 0
        && let Some(mut parts) = Parts::of(&data[..size])
        && !parts.frames.is_empty()
    {
        change(&mut parts, &mut Dice::new(seed), &mut mutate);
        let pack = parts.pack();
        if pack.len() <= max_size {
            data[..pack.len()].copy_from_slice(&pack);
            return pack.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
});

fn mutate(bytes: &mut Vec<u8>) {
    let size = bytes.len();
    bytes.resize(size + 64, 0);
    let length = bytes.len();
    let size = fuzzer_mutate(bytes, size, length);
    bytes.truncate(size);
}

async fn read(bytes: &[u8], addresses: &[u64]) {
    if let Ok(pack) = Pack::open_for_text(Bytes(bytes.to_vec())).await {
        unpack(&pack).await;
    }
    let Ok(pack) = Pack::open(Bytes(bytes.to_vec())).await else {
        return;
    };
    let _ = (
        pack.header(),
        pack.sections(),
        pack.size(),
        pack.text_bytes(),
    );
    let _ = pack.prefetch(addresses, AHEAD).await;
    for (number, &address) in addresses.iter().enumerate() {
        let want = [Want::Symbol, Want::Unwind, Want::Both][number % 3];
        if let Ok(slice) = pack.slice(address, want).await {
            let _ = slice.symbols();
        }
        let mut left = NamesLeft::default();
        if pack.slice_leaving(address, want, &mut left).await.is_ok() {
            let _ = pack.fetch_names(&left).await;
        }
    }
}

async fn unpack(pack: &Pack<Bytes>) {
    let mut pieces = pack.text();
    while let Ok(Some(_)) = pieces.next().await {}
}
