//! What became of the inputs of a build, for people and for programs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use moonwalk_pack_format::{Built, Verdict};
use serde_json::{Value, json};

use crate::failure::Failure;

/// The inputs that are done.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Texts that the parser rejects.
    pub(crate) corrupt: usize,
    /// Inputs that could not be packed.
    pub(crate) failed: usize,
    text: u64,
    packed: u64,
    packs: Vec<Value>,
    failures: Vec<Value>,
}

impl Outcome {
    pub(crate) fn add(&mut self, place: &Path, built: &Built) {
        let header = &built.header;
        self.corrupt += usize::from(header.verdict != Verdict::Fine);
        self.text += header.text_size;
        self.packed += built.size;
        self.packs.push(json!({
            "pack": place,
            "text_bytes": header.text_size,
            "pack_bytes": built.size,
            "verdict": header.verdict.name(),
            "verdict_line": header.verdict.line(),
            "warning": warning(place, built).map(|told| told.0),
        }));
    }

    pub(crate) fn fail(&mut self, input: PathBuf, failure: &Failure) {
        let mut told = failure.as_json();
        told["input"] = json!(input);
        self.failures.push(told);
        self.failed += 1;
    }

    /// Inputs that are done, well or not.
    pub(crate) fn done(&self) -> usize {
        self.packs.len() + self.failed
    }

    /// The sum of all, in words.
    pub(crate) fn in_words(&self) -> String {
        format!(
            "{} packs, {} corrupt: {} bytes of text in {} bytes ({:.4})",
            self.packs.len(),
            self.corrupt,
            self.text,
            self.packed,
            self.ratio(),
        )
    }

    /// Writes everything as one JSON object, in an order that does not depend on threads.
    pub(crate) fn print_json(mut self) -> io::Result<()> {
        let (ratio, corrupt) = (self.ratio(), self.corrupt);
        self.packs
            .sort_by_cached_key(|pack| pack["pack"].to_string());
        self.failures
            .sort_by_cached_key(|one| one["input"].to_string());
        let told = json!({
            "packs": self.packs,
            "failures": self.failures,
            "corrupt": corrupt,
            "text_bytes": self.text,
            "pack_bytes": self.packed,
            "ratio": ratio,
        });
        writeln!(io::stdout(), "{told}")
    }

    fn ratio(&self) -> f64 {
        self.packed as f64 / self.text.max(1) as f64
    }
}

/// What is odd about a pack that was made all the same: its name, and words.
pub(crate) fn warning(place: &Path, built: &Built) -> Option<(&'static str, String)> {
    let (header, place) = (&built.header, place.display());
    if header.verdict != Verdict::Fine {
        let after = header.verdict.line();
        let after = after.map_or(String::new(), |line| format!(" after line {line}"));
        let told =
            format!("{place}: the parser rejects this text{after}; its crashes show it as corrupt");
        return Some((header.verdict.name(), told));
    }
    let other = !header.module_id.eq_ignore_ascii_case(&header.key.debug_id);
    let id = &header.module_id;
    let told = format!("{place}: its MODULE line says {id}; packed all the same, as it would load");
    other.then_some(("OtherId", told))
}
