//! Finding a module's symbols: its pack, else its text.

use breakpad_symbols::{
    SimpleSymbolSupplier, SymbolError, SymbolFile, SymbolStats, SymbolSupplier, breakpad_sym_lookup,
};
use minidump::Module;
use moonwalk_pack_format::{Key, Pack, PackCost, PackError, RangeReader, Verdict};

use crate::address;
use crate::packed::Packed;
use crate::store::{Opened, PackStore};

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

/// A module's symbols: of its pack, else of text; and what `minidump-stackwalk` would report of
/// them.
pub(crate) async fn of<R: RangeReader>(
    pack: Option<Opened<Pack<R>>>,
    text: &SimpleSymbolSupplier,
    module: &(dyn Module + Sync),
) -> (Found<R>, SymbolStats) {
    match pack {
        Some(pack) => of_pack(pack, module),
        None => of_text(text, module).await,
    }
}

/// The pack of a key, with the beginnings of it read.
///
/// # Errors
/// There is one, or may be one, but it cannot be read.
pub(crate) async fn open<S: PackStore>(
    packs: &S,
    key: &Key,
) -> Result<Option<Opened<Pack<S::Reader>>>, PackError> {
    let Some(opened) = packs.open(key).await? else {
        return Ok(None);
    };
    let pack = Pack::open(opened.reader).await?;
    if pack.header().key != *key {
        return Err(PackError::WrongModule(Box::new(pack.header().key.clone())));
    }
    Ok(Some(Opened {
        reader: pack,
        origin: opened.origin,
        slow: opened.slow,
    }))
}

fn of_pack<R: RangeReader>(
    opened: Opened<Pack<R>>,
    module: &(dyn Module + Sync),
) -> (Found<R>, SymbolStats) {
    let Opened {
        reader: pack,
        origin,
        slow,
    } = opened;
    if pack.header().verdict != Verdict::Fine {
        // Upstream looks on if what a server sent is corrupt, and then has found nothing.
        let told = origin.is_none();
        let stats = SymbolStats {
            loaded_symbols: told,
            corrupt_symbols: told,
            ..SymbolStats::default()
        };
        return (Found::Corrupt(pack.cost()), stats);
    }
    let symbol_url = match origin {
        Some(origin) => address::request(&origin, module),
        None => pack.header().url.clone(),
    };
    let stats = SymbolStats {
        symbol_url,
        loaded_symbols: true,
        ..SymbolStats::default()
    };
    (Found::Pack(Box::new(Packed::new(pack, slow))), stats)
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
