//! What the symbols of a walk cost.

use std::ops::AddAssign;
use std::sync::atomic::{AtomicU64, Ordering};

use moonwalk_pack_format::PackCost;

/// Questions about one module, counted while the walk goes on.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    lookups: AtomicU64,
    memo_hits: AtomicU64,
}

impl Tally {
    pub(crate) fn asked(&self) {
        self.lookups.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn remembered(&self) {
        self.memo_hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn with(&self, pack: PackCost) -> Cost {
        Cost {
            lookups: self.lookups.load(Ordering::Relaxed),
            memo_hits: self.memo_hits.load(Ordering::Relaxed),
            pack,
        }
    }
}

/// What a module's symbols cost, or all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Questions about an address: for its symbol, or how to unwind there.
    pub lookups: u64,
    /// Those that were answered from memory, since the same had been asked before.
    pub memo_hits: u64,
    /// What was read from its pack.
    pub pack: PackCost,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.lookups += other.lookups;
        self.memo_hits += other.memo_hits;
        self.pack += other.pack;
    }
}
