//! `build`: packs many files, large ones each with all threads, small ones side by side.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use moonwalk_pack_format::{Built, Work, build_file};

use crate::BuildFlags;
use crate::failure::{FOUND_FAULT, Failure, tell};
use crate::input::{self, Input};
use crate::outcome::{Outcome, warning};
use crate::progress::Progress;

/// Files from this size on are packed by all threads together, in bytes.
const LARGE: u64 = 8 << 20;

struct Job<'a> {
    flags: &'a BuildFlags,
    inputs: usize,
    places: Mutex<HashSet<PathBuf>>,
    outcome: Mutex<Outcome>,
    progress: Progress,
}

/// Packs everything that the flags name.
pub(crate) fn run(flags: &BuildFlags) -> Result<ExitCode, Failure> {
    fs::create_dir_all(&flags.output).map_err(Failure::io(&flags.output))?;
    let found = flags.inputs.iter().flat_map(|given| input::find(given));
    let (inputs, missing): (Vec<_>, Vec<_>) = found.partition(Result::is_ok);
    let inputs: Vec<Input> = inputs.into_iter().flatten().collect();
    let job = Job {
        flags,
        inputs: inputs.len() + missing.len(),
        places: Mutex::default(),
        outcome: Mutex::default(),
        progress: Progress::of(inputs.iter().map(size).sum()),
    };
    for failure in missing.into_iter().filter_map(Result::err) {
        job.fail(PathBuf::new(), &failure);
    }
    job.all(inputs);
    job.finish()
}

fn size(input: &Input) -> u64 {
    fs::metadata(&input.path).map_or(0, |file| file.len())
}

impl Job<'_> {
    fn all(&self, inputs: Vec<Input>) {
        let threads = self
            .flags
            .threads
            .unwrap_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZero::get));
        let (large, small): (Vec<_>, Vec<_>) =
            inputs.into_iter().partition(|input| size(input) >= LARGE);
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            let _shown = self.progress.show(scope);
            large.iter().for_each(|input| self.one(input, threads));
            let side_by_side = || {
                while let Some(input) = small.get(next.fetch_add(1, Ordering::Relaxed)) {
                    self.one(input, 1);
                }
            };
            thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(side_by_side))));
        });
    }

    fn one(&self, input: &Input, threads: usize) {
        match self.pack(input, threads) {
            Ok((place, built)) => {
                let mut outcome = lock(&self.outcome);
                outcome.add(&place, &built);
                self.tell(outcome.done(), &place, &built);
            }
            Err(failure) => self.fail(input.path.clone(), &failure),
        }
    }

    fn fail(&self, input: PathBuf, failure: &Failure) {
        lock(&self.outcome).fail(input, failure);
        self.progress.beside(|| failure.report());
    }

    fn pack(&self, input: &Input, threads: usize) -> Result<(PathBuf, Built), Failure> {
        let path = &input.path;
        let text = input::open(path, &self.flags.output, self.flags.max_text)?;
        let length = text.metadata().map_err(Failure::io(path))?.len();
        self.progress.more(length.saturating_sub(size(input)));
        let key = match &input.key {
            Some(key) => key.clone(),
            None => input::key_of_module(path, &text)?,
        };
        let place = input::place(path, &key)?;
        if !lock(&self.places).insert(place.clone()) {
            return Err(Failure::SamePlace { path: path.clone() });
        }
        let work = Work {
            threads,
            done: Some(&self.progress.done),
        };
        let target = self.flags.output.join(&place);
        let built = build_file(&text, key, work, &target).map_err(Failure::pack(path))?;
        Ok((place, built))
    }

    fn tell(&self, done: usize, place: &Path, built: &Built) {
        if let Some((name, told)) = warning(place, built) {
            self.progress
                .beside(|| tell(&format!("WARN {name}: {told}")));
        }
        if !self.flags.quiet && !self.flags.json {
            let (text, size, total) = (built.header.text_size, built.size, self.inputs);
            let place = place.display();
            self.progress
                .line(&format!("{done}/{total} {place} {text} -> {size}"));
        }
    }

    fn finish(self) -> Result<ExitCode, Failure> {
        let outcome = self
            .outcome
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let (failed, corrupt) = (outcome.failed, outcome.corrupt);
        if self.flags.json {
            let printed = outcome.print_json();
            printed.map_err(Failure::io(Path::new("standard output")))?;
        } else if !self.flags.quiet {
            self.progress.line(&outcome.in_words());
        }
        if failed > 0 {
            return Err(Failure::Some(failed));
        }
        let fault = self.flags.strict && corrupt > 0;
        Ok(ExitCode::from(if fault { FOUND_FAULT } else { 0 }))
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
