//! The modules that a walk touched, each with its symbols, looked for once.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use breakpad_symbols::{DebugInfoResult, SymbolStats};
use debugid::DebugId;
use futures_util::lock::Mutex as AsyncMutex;
use minidump::Module;
use moonwalk_pack_format::{Key, PackError};

use crate::debug_info::{DebugInfo, completed};
use crate::module::{Found, key};

/// A module's symbols, once they were looked for.
pub(crate) struct Slot<R> {
    /// The code file.
    pub(crate) name: String,
    /// The code id.
    pub(crate) code_id: Option<String>,
    /// What a symbol server told of it, where the dump lacks that.
    pub(crate) told: Option<DebugInfoResult>,
    /// The key of its symbols, if it can have any.
    pub(crate) key: Option<Key>,
    /// What came of it; nothing where a pack cannot be read.
    pub(crate) found: OnceLock<Option<(Found<R>, SymbolStats)>>,
    /// Why its pack cannot be read, or could not be read on.
    pub(crate) failure: OnceLock<PackError>,
    /// Held by who looks for them; the others wait.
    pub(crate) looking: AsyncMutex<()>,
    /// Whether this walk's statistics have it.
    pub(crate) noted: AtomicBool,
}

impl<R> Slot<R> {
    /// What was found, unless that cannot be read.
    pub(crate) fn found(&self) -> Option<&Found<R>> {
        self.found.get()?.as_ref().map(|(found, _)| found)
    }

    /// What upstream's statistics name it by.
    pub(crate) fn leaf(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// What upstream would report of it.
    pub(crate) fn stats(&self) -> SymbolStats {
        match (self.failure.get(), self.found.get()) {
            (None, Some(Some((_, stats)))) => stats.clone(),
            _ => SymbolStats::default(),
        }
    }
}

/// All modules touched so far, in the order of their first touch.
pub(crate) struct Modules<R> {
    told: DebugInfo,
    touched: Mutex<Touched<R>>,
}

/// What makes two modules the same to `breakpad-symbols`: code file and id, debug file and id.
type Identity = (String, Option<String>, Option<String>, Option<String>);

struct Touched<R> {
    /// By base address: a dump's modules do not overlap, so this finds most at once.
    by_base: HashMap<u64, Vec<Loaded<R>>>,
    by_identity: HashMap<Identity, Arc<Slot<R>>>,
    order: Vec<Arc<Slot<R>>>,
}

struct Loaded<R> {
    size: u64,
    debug_id: Option<DebugId>,
    slot: Arc<Slot<R>>,
}

impl<R> Modules<R> {
    /// None yet; what symbol servers told of some is known.
    pub(crate) fn new(told: DebugInfo) -> Self {
        Self {
            told,
            touched: Mutex::new(Touched {
                by_base: HashMap::new(),
                by_identity: HashMap::new(),
                order: Vec::new(),
            }),
        }
    }

    /// The key of a module's symbols, if it can have any; this is no touch.
    pub(crate) fn key(&self, module: &(dyn Module + Sync)) -> Option<Key> {
        match self.told.of(module) {
            Some(told) => key(&completed(module, told)),
            None => key(module),
        }
    }

    /// The slot of a module, made at its first touch.
    pub(crate) fn slot(&self, module: &(dyn Module + Sync)) -> Arc<Slot<R>> {
        let mut touched = self.touched();
        match touched.known(module) {
            Some(slot) => slot,
            None => {
                let (told, key) = (self.told.of(module).cloned(), self.key(module));
                touched.add(module, told, key)
            }
        }
    }

    /// The slot of a module that was touched.
    pub(crate) fn known(&self, module: &dyn Module) -> Option<Arc<Slot<R>>> {
        self.touched().known(module)
    }

    /// All slots, in the order of their first touch.
    pub(crate) fn all(&self) -> Vec<Arc<Slot<R>>> {
        self.touched().order.clone()
    }

    fn touched(&self) -> MutexGuard<'_, Touched<R>> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R> Touched<R> {
    fn known(&self, module: &dyn Module) -> Option<Arc<Slot<R>>> {
        let same = |loaded: &&Loaded<R>| {
            loaded.size == module.size()
                && loaded.debug_id == module.debug_identifier()
                && loaded.slot.name == module.code_file()
        };
        let loaded = self.by_base.get(&module.base_address())?;
        loaded.iter().find(same).map(|loaded| loaded.slot.clone())
    }

    fn add(
        &mut self,
        module: &(dyn Module + Sync),
        told: Option<DebugInfoResult>,
        key: Option<Key>,
    ) -> Arc<Slot<R>> {
        let order = &mut self.order;
        let slot = self.by_identity.entry(identity(module)).or_insert_with(|| {
            let slot = Arc::new(Slot {
                name: module.code_file().into_owned(),
                code_id: module.code_identifier().map(|id| id.to_string()),
                told,
                key,
                found: OnceLock::new(),
                failure: OnceLock::new(),
                looking: AsyncMutex::new(()),
                noted: AtomicBool::new(false),
            });
            order.push(slot.clone());
            slot
        });
        let loaded = Loaded {
            size: module.size(),
            debug_id: module.debug_identifier(),
            slot: slot.clone(),
        };
        let there = self.by_base.entry(module.base_address()).or_default();
        there.push(loaded);
        slot.clone()
    }
}

fn identity(module: &dyn Module) -> Identity {
    (
        module.code_file().into_owned(),
        module.code_identifier().map(|id| id.to_string()),
        module.debug_file().map(|name| name.into_owned()),
        module.debug_identifier().map(|id| id.to_string()),
    )
}
