//! `build`: packs many files, large ones each with all threads, small ones side by side.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use moonwalk_pack_format::{Built, Verdict, build_file};

use crate::BuildFlags;
use crate::failure::{FOUND_FAULT, Failure};
use crate::input::{self, Input};

/// Files from this size on are packed by all threads together, in bytes.
const LARGE: u64 = 8 << 20;

/// What became of the inputs so far.
#[derive(Default)]
struct Progress {
    places: HashSet<PathBuf>,
    corrupt: usize,
    failed: usize,
    text: u64,
    packed: u64,
    packs: usize,
}

struct Job<'a> {
    flags: &'a BuildFlags,
    inputs: usize,
    progress: Mutex<Progress>,
}

/// Packs everything that the flags name.
pub(crate) fn run(flags: &BuildFlags) -> Result<ExitCode, Failure> {
    fs::create_dir_all(&flags.output).map_err(Failure::io(&flags.output))?;
    let mut inputs = Vec::new();
    for given in &flags.inputs {
        inputs.extend(input::find(given)?);
    }
    let threads = flags
        .threads
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZero::get));
    let is_large = |input: &Input| fs::metadata(&input.path).is_ok_and(|file| file.len() >= LARGE);
    let job = Job {
        flags,
        inputs: inputs.len(),
        progress: Mutex::default(),
    };
    let (large, small): (Vec<_>, Vec<_>) = inputs.into_iter().partition(is_large);
    large.iter().for_each(|input| job.one(input, threads));
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(input) = small.get(next.fetch_add(1, Ordering::Relaxed)) {
                    job.one(input, 1);
                }
            });
        }
    });
    job.finish()
}

impl Job<'_> {
    fn one(&self, input: &Input, threads: usize) {
        let built = self.pack(input, threads);
        let mut progress = self
            .progress
            .lock()
            .expect("no thread panics with the lock");
        match built {
            Ok((place, built)) => {
                progress.packs += 1;
                progress.text += built.header.text_size;
                progress.packed += built.size;
                progress.corrupt += usize::from(built.header.verdict != Verdict::Fine);
                let done = progress.packs + progress.failed;
                self.tell(done, &place, &built);
            }
            Err(failure) => {
                progress.failed += 1;
                failure.report();
            }
        }
    }

    fn pack(&self, input: &Input, threads: usize) -> Result<(PathBuf, Built), Failure> {
        let text = input::open(&input.path, &self.flags.output, self.flags.max_text)?;
        let key = match &input.key {
            Some(key) => key.clone(),
            None => input::key_of_module(&input.path, &text)?,
        };
        let place = input::place(&input.path, &key)?;
        let mut progress = self
            .progress
            .lock()
            .expect("no thread panics with the lock");
        if !progress.places.insert(place.clone()) {
            let path = input.path.clone();
            return Err(Failure::SamePlace { path });
        }
        drop(progress);
        let target = self.flags.output.join(&place);
        let built = build_file(&text, key, threads, &target).map_err(Failure::pack(&input.path))?;
        Ok((place, built))
    }

    fn tell(&self, done: usize, place: &Path, built: &Built) {
        let header = &built.header;
        if header.verdict != Verdict::Fine {
            eprintln!(
                "WARN {}: {}: the parser rejects this text{}; its crashes show it as corrupt",
                header.verdict.name(),
                place.display(),
                header
                    .verdict
                    .line()
                    .map_or(String::new(), |line| format!(" after line {line}")),
            );
        } else if !header.module_id.eq_ignore_ascii_case(&header.key.debug_id) {
            eprintln!(
                "WARN OtherId: {}: its MODULE line says {}; packed all the same, as it would load",
                place.display(),
                header.module_id,
            );
        }
        if !self.flags.quiet {
            let (text, size) = (header.text_size, built.size);
            let total = self.inputs;
            println!("{done}/{total} {} {text} -> {size}", place.display());
        }
    }

    fn finish(self) -> Result<ExitCode, Failure> {
        let done = self
            .progress
            .into_inner()
            .expect("no thread panics with the lock");
        if !self.flags.quiet {
            let ratio = done.packed as f64 / done.text.max(1) as f64;
            println!(
                "{} packs, {} corrupt: {} bytes of text in {} bytes ({ratio:.4})",
                done.packs, done.corrupt, done.text, done.packed
            );
        }
        if done.failed > 0 {
            return Err(Failure::Some(done.failed));
        }
        let fault = self.flags.strict && done.corrupt > 0;
        Ok(ExitCode::from(if fault { FOUND_FAULT } else { 0 }))
    }
}
