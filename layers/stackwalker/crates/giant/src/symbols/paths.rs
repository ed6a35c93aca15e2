//! Paths of source files as a build with version control information writes them.

use crate::random::{Random, Topic};
use crate::symbols::names::camel;
use crate::symbols::words::PLACES;
use crate::text::{decimal, hex, text};

/// Files side by side that share their folder.
const FOLDER: u64 = 12;

/// Appends the FILE record number `index`.
pub fn file(seed: u64, out: &mut Vec<u8>, index: u64) {
    let mut folder = Random::new(seed, Topic::File, (index / FOLDER) | 1 << 63);
    let mut random = Random::new(seed, Topic::File, index);
    text(out, "FILE ");
    decimal(out, index);
    text(out, " git:git.example.org/mosaic/mosaic:");
    for _ in 0..1 + folder.below(3) {
        text(out, folder.pick(PLACES));
        out.push(b'/');
    }
    text(out, camel(&mut random));
    text(
        out,
        random.pick(&[".cpp", ".cpp", ".h", ".h", "Inlines.h", ".inc"]),
    );
    out.push(b':');
    let mut revision = Random::new(seed, Topic::Module, 1);
    for _ in 0..4 {
        hex(out, revision.next() | 1 << 63);
    }
    out.truncate(out.len() - 24);
    out.push(b'\n');
}
