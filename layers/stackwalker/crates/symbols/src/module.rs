//! Finding a module's symbols: its pack, else its text.

use breakpad_symbols::{
    SimpleSymbolSupplier, SymbolError, SymbolFile, SymbolStats, SymbolSupplier, breakpad_sym_lookup,
};
use minidump::Module;
use moonwalk_pack_format::{Key, Pack, PackCost, PackError, RangeReader, Verdict};

use crate::packed::Packed;
use crate::store::PackStore;

/// A module's symbols.
pub(crate) enum Found<R> {
    /// A pack that the parser would read.
    Pack(Box<Packed<R>>),
    /// A symbol file, parsed as a whole.
    Text(Box<SymbolFile>),
    /// A pack or symbol file that the parser rejects, and what was read to learn that.
    Corrupt(PackCost),
    /// None.
    Missing,
}

/// The key of a module's symbols; nothing if it has no debug file or id.
pub(crate) fn key(module: &(dyn Module + Sync)) -> Option<Key> {
    let lookup = breakpad_sym_lookup(module)?;
    let mut parts = lookup.cache_rel.split('/');
    Some(Key {
        debug_file: parts.next()?.to_owned(),
        debug_id: parts.next()?.to_owned(),
        name: parts.next()?.to_owned(),
    })
}

/// Looks for a module's symbols, and says what `minidump-stackwalk` would report of them.
///
/// # Errors
/// There is a pack, but it cannot be read.
pub(crate) async fn find<S: PackStore>(
    packs: &S,
    text: &SimpleSymbolSupplier,
    module: &(dyn Module + Sync),
) -> Result<(Found<S::Reader>, SymbolStats), PackError> {
    let pack = match key(module) {
        Some(key) => open(packs, &key).await?,
        None => None,
    };
    match pack {
        Some(pack) => Ok(of_pack(pack)),
        None => Ok(of_text(text, module).await),
    }
}

async fn open<S: PackStore>(packs: &S, key: &Key) -> Result<Option<Pack<S::Reader>>, PackError> {
    let Some(reader) = packs.open(key).await? else {
        return Ok(None);
    };
    let pack = Pack::open(reader).await?;
    if pack.header().key != *key {
        return Err(PackError::WrongModule(Box::new(pack.header().key.clone())));
    }
    Ok(Some(pack))
}

fn of_pack<R: RangeReader>(pack: Pack<R>) -> (Found<R>, SymbolStats) {
    let corrupt = pack.header().verdict != Verdict::Fine;
    let stats = SymbolStats {
        // The parser tells an address only of a text that it reads to its end.
        symbol_url: pack.header().url.clone().filter(|_| !corrupt),
        loaded_symbols: true,
        corrupt_symbols: corrupt,
        extra_debug_info: None,
    };
    let found = match corrupt {
        true => Found::Corrupt(pack.cost()),
        false => Found::Pack(Box::new(Packed::new(pack))),
    };
    (found, stats)
}

async fn of_text<R>(
    text: &SimpleSymbolSupplier,
    module: &(dyn Module + Sync),
) -> (Found<R>, SymbolStats) {
    let mut stats = SymbolStats::default();
    let found = match text.locate_symbols(module).await {
        Ok(located) => {
            stats.symbol_url.clone_from(&located.symbols.url);
            stats.loaded_symbols = true;
            Found::Text(Box::new(located.symbols))
        }
        Err(SymbolError::ParseError(..)) => {
            stats.loaded_symbols = true;
            stats.corrupt_symbols = true;
            Found::Corrupt(PackCost::default())
        }
        Err(_) => Found::Missing,
    };
    (found, stats)
}
