//! `verify`: compares packs with what the real parser says of their text.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use futures_executor::block_on;
use moonwalk_pack_format::{Comparison, Key, PackError, verify};
use serde_json::{Value, json};

use crate::VerifyFlags;
use crate::failure::{FOUND_FAULT, Failure};
use crate::show::open;

/// Addresses told of each pack that answers differently.
const TOLD: usize = 5;

#[derive(Default)]
struct Sum {
    symbols: u64,
    walks: u64,
    different: usize,
    failed: usize,
    each: Vec<Value>,
}

/// Compares each pack; one that cannot be read does not keep the others from it.
pub(crate) fn run(flags: &VerifyFlags) -> Result<ExitCode, Failure> {
    let mut sum = Sum::default();
    let mut out = io::stdout().lock();
    for path in &flags.packs {
        match compare(path, flags.anywhere) {
            Ok(found) => sum.add(path, &found, flags.json, &mut out),
            Err(failure) => sum.fail(path, &failure),
        }
    }
    let packs = flags.packs.len();
    let told = match flags.json {
        true => sum.as_json(packs).to_string(),
        false => format!(
            "{packs} packs, {} fill_symbol and {} walk_frame compared: {} differ",
            sum.symbols, sum.walks, sum.different
        ),
    };
    writeln!(out, "{told}").map_err(Failure::io(Path::new("standard output")))?;
    match (sum.failed, sum.different) {
        (0, 0) => Ok(ExitCode::SUCCESS),
        (0, _) => Ok(ExitCode::from(FOUND_FAULT)),
        (failed, _) => Err(Failure::Some(failed)),
    }
}

fn compare(path: &Path, anywhere: bool) -> Result<Comparison, Failure> {
    let pack = open(path)?;
    let key = &pack.header().key;
    if !anywhere && !stands_at(path, key) {
        let other = PackError::WrongModule(Box::new(key.clone()));
        return Err(Failure::pack(path)(other));
    }
    block_on(verify(&pack)).map_err(Failure::pack(path))
}

/// Whether a pack is where its key says; links count as where they lead only if they are odd.
fn stands_at(path: &Path, key: &Key) -> bool {
    let Ok(place) = key.pack_place() else {
        return false;
    };
    let found = |path: PathBuf| path.ends_with(&place);
    std::path::absolute(path).is_ok_and(found) || fs::canonicalize(path).is_ok_and(found)
}

impl Sum {
    fn add(&mut self, path: &Path, found: &Comparison, quiet: bool, out: &mut impl Write) {
        self.symbols += found.symbols;
        self.walks += found.walks;
        self.different += usize::from(!found.is_equal());
        self.each.push(json!({
            "pack": path,
            "equal": found.is_equal(),
            "fill_symbol": found.symbols,
            "walk_frame": found.walks,
            "verdict_fits": found.verdict_fits,
            "different": found.different,
        }));
        if quiet {
            return;
        }
        // Whether anybody reads it shows at the last line.
        if !found.verdict_fits {
            let _ = writeln!(out, "{}: the verdict is not the parser's", path.display());
        }
        for offset in found.different.iter().take(TOLD) {
            let _ = writeln!(out, "{}: another answer at {offset:x}", path.display());
        }
    }

    fn fail(&mut self, path: &Path, failure: &Failure) {
        failure.report();
        self.failed += 1;
        let mut told = failure.as_json();
        told["pack"] = json!(path);
        self.each.push(told);
    }

    fn as_json(&self, packs: usize) -> Value {
        json!({
            "packs": packs,
            "fill_symbol": self.symbols,
            "walk_frame": self.walks,
            "different": self.different,
            "failed": self.failed,
            "each": self.each,
        })
    }
}
