//! A module whose symbols are in a pack: each address is read and parsed once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use breakpad_symbols::SymbolFile;
use moonwalk_pack_format::{NamesLeft, Pack, PackError, RangeReader, Slice, Want};

use crate::tally::{Cost, Tally};

/// What the parser made of the slices of one kind, by module offset.
type Memo = Mutex<HashMap<u64, Arc<SymbolFile>>>;

/// Answers kept of each kind; when there are more, they are forgotten all at once. Dumps of a
/// browser ask some hundred addresses of a module, over and over; an answer takes about 3 KB, so
/// that a stack that never repeats itself costs no more than it must.
const KEPT: usize = 512;

/// An open pack with what it answered so far.
pub(crate) struct Packed<R> {
    pack: Pack<R>,
    symbols: Memo,
    unwinds: Memo,
    tally: Tally,
    /// Whether names that would have to be read are left out at first.
    leaves_names: AtomicBool,
    /// Which, by module offset.
    left: Mutex<HashMap<u64, NamesLeft>>,
}

impl<R: RangeReader> Packed<R> {
    /// Names are left out if reading is `slow`.
    pub(crate) fn new(pack: Pack<R>, slow: bool) -> Self {
        Self {
            pack,
            leaves_names: AtomicBool::new(slow),
            left: Mutex::default(),
            symbols: Memo::default(),
            unwinds: Memo::default(),
            tally: Tally::default(),
        }
    }

    /// Symbols that answer for `offset` as those of the whole text would.
    pub(crate) async fn at(&self, offset: u64, want: Want) -> Result<Arc<SymbolFile>, PackError> {
        let memo = match want {
            Want::Unwind => &self.unwinds,
            _ => &self.symbols,
        };
        self.tally.asked();
        let known = lock(memo).get(&offset).cloned();
        if let Some(symbols) = known {
            self.tally.remembered();
            return Ok(symbols);
        }
        let symbols = Arc::new(self.slice(offset, want).await?.symbols()?);
        let mut memo = lock(memo);
        if memo.len() >= KEPT {
            memo.clear();
        }
        memo.insert(offset, symbols.clone());
        Ok(symbols)
    }

    async fn slice(&self, offset: u64, want: Want) -> Result<Slice, PackError> {
        if !self.leaves_names.load(Ordering::Relaxed) {
            return self.pack.slice(offset, want).await;
        }
        let mut left = NamesLeft::default();
        let slice = self.pack.slice_leaving(offset, want, &mut left).await?;
        if left.count() > 0 {
            lock(&self.left).insert(offset, left);
        }
        Ok(slice)
    }

    /// Whether the answer for any of these offsets lacks names.
    pub(crate) fn lacks_names(&self, offsets: &[u64]) -> bool {
        let left = lock(&self.left);
        offsets.iter().any(|offset| left.contains_key(offset))
    }

    /// Reads the names that the answers for these offsets lack, and forgets those answers.
    pub(crate) async fn fetch_names(&self, offsets: &[u64]) -> Result<(), PackError> {
        let mut names = NamesLeft::default();
        {
            let (mut left, mut memo) = (lock(&self.left), lock(&self.symbols));
            for offset in offsets {
                if let Some(more) = left.remove(offset) {
                    names.add(more);
                    memo.remove(offset);
                }
            }
        }
        self.pack.fetch_names(&names).await
    }

    /// From now on no names are left out.
    pub(crate) fn leave_no_names(&self) {
        self.leaves_names.store(false, Ordering::Relaxed);
    }

    pub(crate) fn cost(&self) -> Cost {
        self.tally.with(self.pack.cost())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
