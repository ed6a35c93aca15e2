//! The steps of `--confine`, and the last of them: symbols that close the door at the first
//! question.
//!
//! Upstream opens the annotations when it begins to process a dump, and never after the first
//! question about symbols. So if those do not come from files, nothing is opened from then on.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Once;

use async_trait::async_trait;
use breakpad_symbols::{FileError, FileKind, FillSymbolError, FrameSymbolizer, FrameWalker};
use minidump::Module;
use minidump_unwind::{SymbolProvider, SymbolStats};
use moonwalk_seclusion::{allow_few_calls, fence, forbid_opening};

use crate::failure::{CONFINEMENT_FAILED, Failure};
use crate::last_words::LastWords;
use crate::request::Request;

static NOT_SECLUDED: LastWords = LastWords::new(CONFINEMENT_FAILED);

/// Holds this thread, and those it will make, to the files that are named on the command line;
/// whether the kernel could, if it was to.
pub fn keep_to_files(request: &Request) -> Result<Option<bool>, Failure> {
    if !request.limits.confine {
        return Ok(None);
    }
    let fenced = fence(folders(request).chain(&request.evil_json));
    fenced.map(Some).map_err(|error| failed("Landlock", error))
}

/// Leaves a few system calls to all threads, if it is to.
pub fn leave_few_calls(request: &Request) -> Result<(), Failure> {
    if !request.limits.confine {
        return Ok(());
    }
    NOT_SECLUDED.prepare("ConfinementFailed - cannot set the second filter of system calls");
    allow_few_calls().map_err(|error| failed("the filter of system calls", error))
}

fn folders(request: &Request) -> impl Iterator<Item = &PathBuf> {
    request.packs.iter().chain(&request.symbols_paths)
}

fn failed(what: &'static str, source: io::Error) -> Failure {
    Failure::Confinement { what, source }
}

/// Symbols that are nowhere in the file system.
pub struct Secluded<'a, S> {
    symbols: &'a S,
    confine: bool,
    first: Once,
}

impl<'a, S> Secluded<'a, S> {
    /// Symbols at whose first question opening ends, if this process is confined and has no folder
    /// to look for any in.
    pub fn new(symbols: &'a S, request: &Request) -> Self {
        Self {
            symbols,
            confine: request.limits.confine && folders(request).next().is_none(),
            first: Once::new(),
        }
    }

    fn asked(&self) -> &S {
        self.first.call_once(|| {
            if self.confine && forbid_opening().is_err() {
                NOT_SECLUDED.speak();
            }
        });
        self.symbols
    }
}

#[async_trait]
impl<S: SymbolProvider + Sync> SymbolProvider for Secluded<'_, S> {
    async fn fill_symbol(
        &self,
        module: &(dyn Module + Sync),
        frame: &mut (dyn FrameSymbolizer + Send),
    ) -> Result<(), FillSymbolError> {
        self.asked().fill_symbol(module, frame).await
    }

    async fn walk_frame(
        &self,
        module: &(dyn Module + Sync),
        walker: &mut (dyn FrameWalker + Send),
    ) -> Option<()> {
        self.asked().walk_frame(module, walker).await
    }

    async fn get_file_path(
        &self,
        module: &(dyn Module + Sync),
        kind: FileKind,
    ) -> Result<PathBuf, FileError> {
        self.asked().get_file_path(module, kind).await
    }

    fn stats(&self) -> HashMap<String, SymbolStats> {
        self.symbols.stats()
    }
}
