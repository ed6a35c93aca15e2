//! Odd texts, packed: the pack gives each back, and answers at every address as the real parser
//! does with the whole.
#![no_main]

use std::cell::RefCell;
use std::fs::File;

use futures_executor::block_on;
use libfuzzer_sys::fuzz_target;
use moonwalk_fuzz::memory::{open, pack_with, text_of};
use moonwalk_fuzz::odd;
use moonwalk_pack_format::verify;

thread_local! {
    static SOURCE: RefCell<File> = RefCell::new(tempfile::tempfile().expect("a file"));
}

fuzz_target!(|choices: &[u8]| {
    let text = odd::text(choices).text;
    let packed = SOURCE.with_borrow_mut(|source| pack_with(source, &text, 1));
    let pack = open(packed);
    assert!(text_of(&pack) == text, "another text");
    let compared = block_on(verify(&pack)).expect("a pack just made is sound");
    assert!(
        compared.is_equal(),
        "{:?}: {compared:x?}",
        pack.header().verdict
    );
});
