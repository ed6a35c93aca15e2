//! The walk itself: read the dump, process it, write its JSON, in upstream's order.
//!
//! The order shows from outside: a dump that cannot be read leaves an output file untouched, one
//! that cannot be processed leaves it empty.

use std::io::{self, Write};

use futures_executor::block_on;
use minidump::Minidump;
use minidump_processor::{ProcessState, ProcessorOptions, process_minidump_with_options};
use minidump_unwind::MultiSymbolProvider;
use moonwalk_symbols::{Folders, Symbols};
use tracing::error;

use crate::failure::Failure;
use crate::flags::Features;
use crate::output::{Output, destination};
use crate::request::Request;
use crate::stats::{self, Laps, Used};

/// Walks the dump of `request` and writes what was found.
pub fn walk(request: &Request) -> Result<(), Failure> {
    let mut laps = Laps::start();
    let cannot_write = |error| Failure::write(request.output_file.as_deref(), error);
    let dump = Minidump::read_path(&request.minidump).map_err(Failure::Read)?;
    let writer = destination(request.output_file.as_deref()).map_err(cannot_write)?;
    laps.dump();
    let symbols = symbols(request);
    let state = process(&dump, &symbols, request).map_err(Failure::Process)?;
    let used = Used::of(&symbols);
    // What they remember would stand beside the JSON in memory.
    drop(symbols);
    laps.walking();
    let mut output = Output::new(writer, request.limits.output);
    match write(&state, &mut output, request.pretty) {
        Err(_) if output.exceeded() => {
            let allowed = request.limits.output.unwrap_or_default();
            return Err(Failure::OutputLimit(allowed));
        }
        result => result.map_err(cannot_write)?,
    }
    laps.printing();
    if let Some(path) = &request.stats_file
        && let Err(error) = stats::write(path, &laps, &used)
    {
        // The JSON is whole, and figures about it are no reason to take it for a failure.
        error!("StatsFile - Error writing {}: {error}", path.display());
    }
    match used.unreadable() {
        0 => Ok(()),
        modules => Err(Failure::UnreadablePacks(modules)),
    }
}

fn symbols(request: &Request) -> Symbols<Folders> {
    let timed = request.stats_file.is_some();
    let packs = Folders(request.packs.clone());
    Symbols::new(packs, request.symbols_paths.clone(), timed)
}

fn process<'a>(
    dump: &Minidump<'a, impl std::ops::Deref<Target = [u8]> + 'a>,
    symbols: &Symbols<Folders>,
    request: &Request,
) -> Result<ProcessState, minidump_processor::ProcessError> {
    let options = options(request);
    if request.packs.is_empty() && request.symbols_paths.is_empty() {
        // Not a source that has nothing, but none: upstream tells the two apart in its statistics.
        let none = MultiSymbolProvider::new();
        return block_on(process_minidump_with_options(dump, &none, options));
    }
    block_on(process_minidump_with_options(dump, symbols, options))
}

fn options(request: &Request) -> ProcessorOptions<'_> {
    let mut options = match request.features {
        Features::StableBasic => ProcessorOptions::stable_basic(),
        Features::StableAll => ProcessorOptions::stable_all(),
        Features::UnstableAll => ProcessorOptions::unstable_all(),
    };
    options.evil_json = request.evil_json.as_deref();
    // Upstream overrides the preset here, and so `unstable-all` alone does not recover any.
    options.recover_function_args = request.recover_function_args;
    options
}

fn write(state: &ProcessState, output: &mut impl Write, pretty: bool) -> io::Result<()> {
    state.print_json(output, pretty)?;
    output.flush()
}
