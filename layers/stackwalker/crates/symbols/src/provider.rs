//! The one interface that a walk asks for symbols.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use breakpad_symbols::{
    FileError, FileKind, FillSymbolError, FrameSymbolizer, FrameWalker, SimpleSymbolSupplier,
    SymbolFile, SymbolStats, SymbolSupplier,
};
use minidump::Module;
use minidump_unwind::SymbolProvider;
use moonwalk_pack_format::{Pack, PackError, Want};
use tracing::error;

use crate::ahead::Ahead;
use crate::debug_info::{DebugInfo, completed};
use crate::module::{self, Found, open};
use crate::modules::{Modules, Slot};
use crate::report::ModuleReport;
use crate::stopwatch::Stopwatch;
use crate::store::{Opened, PackStore, SourceFailed};

/// Symbols of packs and of text; for a module packs are looked at first.
///
/// A pack that cannot be read is not passed over in silence: it is logged, its module is walked as
/// one without symbols, and its report tells why.
pub struct Symbols<S: PackStore> {
    pub(crate) packs: S,
    text: SimpleSymbolSupplier,
    pub(crate) modules: Modules<S::Reader>,
    pub(crate) ahead: Ahead<S::Reader>,
    stats: Mutex<HashMap<String, SymbolStats>>,
    stopwatch: Option<Stopwatch>,
    texts: Option<Stopwatch>,
}

/// Answers as the whole text would, for one address.
enum Answer<R> {
    Slice(Arc<SymbolFile>),
    Whole(Arc<Slot<R>>),
}

impl<S: PackStore> Symbols<S> {
    /// Symbols of `packs` and of folders of text, with what symbol servers `told` of modules. With
    /// `timed`, the time spent here is measured.
    pub fn new(packs: S, text: Vec<PathBuf>, told: DebugInfo, timed: bool) -> Self {
        Self {
            packs,
            text: SimpleSymbolSupplier::new(text),
            modules: Modules::new(told),
            ahead: Ahead::default(),
            stats: Mutex::default(),
            stopwatch: timed.then(Stopwatch::default),
            texts: timed.then(Stopwatch::default),
        }
    }

    /// The time spent looking for and reading symbols; nothing if it was not measured.
    pub fn seconds(&self) -> Option<f64> {
        self.stopwatch.as_ref().map(Stopwatch::seconds)
    }

    /// The time that reading symbol files took without computing; nothing if it was not measured.
    pub fn text_seconds(&self) -> Option<f64> {
        self.texts.as_ref().map(Stopwatch::seconds)
    }

    /// What is known of each module that was asked about, in the order of the first question.
    pub fn modules(&self) -> Vec<ModuleReport> {
        let slots = self.modules.all();
        slots.iter().map(|slot| ModuleReport::of(slot)).collect()
    }

    /// Waits until the walk cannot be gone on with, and tells why.
    pub async fn interrupted(&self) -> String {
        self.packs.interrupted().await
    }

    async fn answer(
        &self,
        module: &(dyn Module + Sync),
        instruction: u64,
        want: Want,
    ) -> Option<Answer<S::Reader>> {
        let slot = self.modules.slot(module);
        self.look(&slot, module).await;
        if slot.failure.get().is_some() {
            return None;
        }
        match slot.found()? {
            Found::Text(_) => Some(Answer::Whole(slot)),
            Found::Pack(pack) => {
                let offset = instruction.checked_sub(module.base_address());
                // The parser answers nothing below the base; any slice does as well.
                match pack.at(offset.unwrap_or(0), want).await {
                    Ok(symbols) => Some(Answer::Slice(symbols)),
                    Err(error) => {
                        self.fail(&slot, error).await;
                        None
                    }
                }
            }
            Found::Corrupt(_) | Found::Missing => None,
        }
    }

    /// Sees to it that the module's symbols were looked for, and that statistics have it.
    async fn look(&self, slot: &Slot<S::Reader>, module: &(dyn Module + Sync)) {
        if slot.found.get().is_none() {
            self.find(slot, module).await;
        }
        if !slot.noted.load(Ordering::Relaxed) {
            slot.noted.store(true, Ordering::Relaxed);
            self.note(slot);
        }
    }

    async fn find(&self, slot: &Slot<S::Reader>, module: &(dyn Module + Sync)) {
        let _looking = slot.looking.lock().await;
        if slot.found.get().is_some() {
            return;
        }
        let opened = match &slot.key {
            Some(key) => match self.ahead.take(key) {
                Some(opened) => opened,
                None => open(&self.packs, key).await,
            },
            None => Ok(None),
        };
        let found = match opened {
            Ok(pack) => Some(self.found(pack, slot, module).await),
            Err(error) => {
                self.fail(slot, error).await;
                None
            }
        };
        // Nobody else sets it while this one holds the lock.
        let _ = slot.found.set(found);
    }

    /// A module's symbols, looked for as what it turned out to be.
    async fn found(
        &self,
        pack: Option<Opened<Pack<S::Reader>>>,
        slot: &Slot<S::Reader>,
        module: &(dyn Module + Sync),
    ) -> (Found<S::Reader>, SymbolStats) {
        let Some(told) = &slot.told else {
            return self.of(pack, module).await;
        };
        let (found, mut stats) = self.of(pack, &completed(module, told)).await;
        if matches!(found, Found::Pack(_) | Found::Text(_)) {
            stats.extra_debug_info = Some(told.clone());
        }
        (found, stats)
    }

    async fn of(
        &self,
        pack: Option<Opened<Pack<S::Reader>>>,
        module: &(dyn Module + Sync),
    ) -> (Found<S::Reader>, SymbolStats) {
        // A pack is not read here, and a text as a whole, before anybody else is asked for.
        let _blocked = self.texts.as_ref().map(Stopwatch::block);
        module::of(pack, &self.text, module).await
    }

    /// Does not come back if the walk is to end for that.
    pub(crate) async fn fail(&self, slot: &Slot<S::Reader>, error: PackError) {
        if let Some(key) = &slot.key {
            self.packs.unreadable(key, &error).await;
        }
        match SourceFailed::of(&error) {
            Some(what) => error!(
                "SourceFailed - Error looking for the pack of {}: {what}",
                slot.name
            ),
            None => error!(
                "{} - Error reading pack of {}: {error}",
                error.name(),
                slot.name
            ),
        }
        // The first reason stays.
        let _ = slot.failure.set(error);
        self.note(slot);
    }

    fn note(&self, slot: &Slot<S::Reader>) {
        let mut all = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(slot.leaf().to_owned(), slot.stats());
    }

    /// Whether statistics depend on the order in which modules were touched: some have one name and
    /// differ. While answers are waited for, that order is a matter of chance.
    pub(crate) fn order_matters(&self) -> bool {
        let mut by_leaf = HashMap::new();
        self.modules.all().iter().any(|slot| {
            let stats = slot.stats();
            let told = (
                stats.symbol_url,
                stats.loaded_symbols,
                stats.corrupt_symbols,
                stats.extra_debug_info,
            );
            let before = by_leaf.insert(slot.leaf().to_owned(), told.clone());
            before.is_some_and(|before| before != told)
        })
    }

    /// Statistics begin anew: upstream's depend on the order in which one walk touches modules.
    pub(crate) fn forget_touches(&self) {
        let mut all = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
        all.clear();
        for slot in self.modules.all() {
            slot.noted.store(false, Ordering::Relaxed);
        }
    }
}

impl<R> Answer<R> {
    fn symbols(&self) -> Option<&SymbolFile> {
        match self {
            Self::Slice(symbols) => Some(symbols),
            Self::Whole(slot) => match slot.found()? {
                Found::Text(symbols) => Some(symbols),
                _ => None,
            },
        }
    }
}

#[async_trait]
impl<S: PackStore> SymbolProvider for Symbols<S> {
    async fn fill_symbol(
        &self,
        module: &(dyn Module + Sync),
        frame: &mut (dyn FrameSymbolizer + Send),
    ) -> Result<(), FillSymbolError> {
        let _running = self.stopwatch.as_ref().map(Stopwatch::run);
        let answer = self
            .answer(module, frame.get_instruction(), Want::Symbol)
            .await;
        let symbols = answer.as_ref().and_then(Answer::symbols);
        symbols
            .ok_or(FillSymbolError {})?
            .fill_symbol(module, frame);
        Ok(())
    }

    async fn walk_frame(
        &self,
        module: &(dyn Module + Sync),
        walker: &mut (dyn FrameWalker + Send),
    ) -> Option<()> {
        let _running = self.stopwatch.as_ref().map(Stopwatch::run);
        let answer = self
            .answer(module, walker.get_instruction(), Want::Unwind)
            .await?;
        answer.symbols()?.walk_frame(module, walker)
    }

    async fn get_file_path(
        &self,
        module: &(dyn Module + Sync),
        kind: FileKind,
    ) -> Result<PathBuf, FileError> {
        self.text.locate_file(module, kind).await
    }

    fn stats(&self) -> HashMap<String, SymbolStats> {
        let stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
        stats.clone()
    }
}
