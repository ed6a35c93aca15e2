//! A module whose symbols are in a pack: each address is read and parsed once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use breakpad_symbols::SymbolFile;
use moonwalk_pack_format::{Pack, PackError, RangeReader, Want};

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
}

impl<R: RangeReader> Packed<R> {
    pub(crate) fn new(pack: Pack<R>) -> Self {
        Self {
            pack,
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
        let symbols = Arc::new(self.pack.slice(offset, want).await?.symbols()?);
        let mut memo = lock(memo);
        if memo.len() >= KEPT {
            memo.clear();
        }
        memo.insert(offset, symbols.clone());
        Ok(symbols)
    }

    pub(crate) fn cost(&self) -> Cost {
        self.tally.with(self.pack.cost())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
