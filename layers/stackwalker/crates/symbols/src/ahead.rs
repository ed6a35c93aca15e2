//! Reading ahead of a walk, where reading is slow: before it, and between two turns of it.
//!
//! A first turn of the walk may leave names out, which decide nothing about it. The names that its
//! frames lack are then read together, and a second turn has them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use minidump::Module;
use moonwalk_pack_format::{Key, Pack, PackError, RangeReader};

use crate::module::{Found, open};
use crate::modules::Slot;
use crate::provider::Symbols;
use crate::store::{Opened, PackStore};

/// Bytes of blocks that are read before a walk, of all packs together.
const BLOCKS: u64 = 10 << 20;
/// Bytes that are remembered until the end, of all packs together: those blocks with what stands
/// around them, index pages, and what a walk itself reads.
const HELD: u64 = 24 << 20;

/// Addresses of a module that a walk may ask about.
pub struct Candidates<'a> {
    /// The module.
    pub module: &'a (dyn Module + Sync),
    /// Offsets in it, the likeliest first.
    pub offsets: Vec<u64>,
}

/// An address of a module that a walk asked about, and whose answer is part of its result.
pub struct Asked<'a> {
    /// The module.
    pub module: &'a dyn Module,
    /// The address.
    pub instruction: u64,
}

type Opening<R> = Result<Option<Opened<Pack<R>>>, PackError>;

/// A module, and the offsets in it that were asked about.
type OfSlot<R> = (Arc<Slot<R>>, Vec<u64>);

/// Packs that were opened before the walk touched their modules.
pub(crate) struct Ahead<R>(Mutex<HashMap<String, Opening<R>>>);

impl<R> Default for Ahead<R> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<R> Ahead<R> {
    pub(crate) fn take(&self, key: &Key) -> Option<Opening<R>> {
        let mut openings = self.openings();
        // Nothing is opened ahead where reading is not slow: no name is made for that.
        if openings.is_empty() {
            return None;
        }
        openings.remove(&key.to_string())
    }

    fn openings(&self) -> MutexGuard<'_, HashMap<String, Opening<R>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: PackStore> Symbols<S> {
    /// Opens the packs of modules side by side and reads what a walk is likely to ask. No module
    /// counts as touched for that.
    pub async fn prefetch(&self, candidates: &[Candidates<'_>]) {
        let keyed = candidates
            .iter()
            .filter_map(|of| Some((self.modules.key(of.module)?, of)));
        let first_of_each: HashMap<String, (Key, &Candidates<'_>)> = keyed
            .map(|(key, of)| (key.to_string(), (key, of)))
            .collect();
        let openings = first_of_each
            .into_iter()
            .map(|(name, (key, of))| async move {
                let opening = open(&self.packs, &key).await;
                (name, opening, &of.offsets)
            });
        let openings = join_all(openings).await;
        let slow = openings.iter().filter_map(|(_, opening, offsets)| {
            let opened = opening.as_ref().ok()?.as_ref()?;
            opened.slow.then_some((&opened.reader, &offsets[..]))
        });
        read_ahead(&Vec::from_iter(slow)).await;
        let opened = openings.into_iter();
        let opened = opened.map(|(name, opening, _)| (name, opening));
        self.ahead.openings().extend(opened);
    }

    /// Whether the walk is to be done again: these answers lacked names, which are read now, or
    /// nobody knows in which order modules were touched. If the next turn is to be the `last`, it
    /// leaves no names out.
    pub async fn complete(&self, asked: &[Asked<'_>], last: bool) -> bool {
        let by_module = self.offsets(asked);
        let lacking: Vec<_> = by_module
            .iter()
            .filter_map(|(slot, offsets)| match slot.found()? {
                Found::Pack(pack) if pack.lacks_names(offsets) => Some((slot, pack, offsets)),
                _ => None,
            })
            .collect();
        if lacking.is_empty() && (last || !self.order_matters()) {
            return false;
        }
        join_all(lacking.iter().map(|(slot, pack, offsets)| async {
            if last {
                pack.leave_no_names();
            }
            if let Err(error) = pack.fetch_names(offsets).await {
                self.fail(slot, error).await;
            }
        }))
        .await;
        self.forget_touches();
        true
    }

    fn offsets(&self, asked: &[Asked<'_>]) -> Vec<OfSlot<S::Reader>> {
        let mut by_slot = HashMap::new();
        for Asked {
            module,
            instruction,
        } in asked
        {
            let Some(slot) = self.modules.known(*module) else {
                continue;
            };
            // As a walk asks: what is below the base is asked about as the base.
            let offset = instruction.saturating_sub(module.base_address());
            let (_, offsets) = by_slot
                .entry(Arc::as_ptr(&slot))
                .or_insert_with(|| (slot.clone(), Vec::new()));
            offsets.push(offset);
        }
        by_slot.into_values().collect()
    }
}

/// Reads ahead of each pack, with a share of what may be read that goes by its addresses.
async fn read_ahead<R: RangeReader>(packs: &[(&Pack<R>, &[u64])]) {
    let all: usize = packs.iter().map(|(_, offsets)| offsets.len()).sum();
    let reads = packs.iter().map(|(pack, offsets)| async move {
        let share = |most: u64| most * offsets.len() as u64 / all.max(1) as u64;
        pack.hold(share(HELD) as usize);
        // If it matters to the walk, the walk will meet the fault again and report it.
        let _ = pack.prefetch(offsets, share(BLOCKS)).await;
    });
    join_all(reads).await;
}
