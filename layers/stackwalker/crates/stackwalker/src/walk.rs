//! The walk itself: read the dump, process it, write its JSON, in upstream's order.
//!
//! The order shows from outside: a dump that cannot be read leaves an output file untouched, one
//! that cannot be processed leaves it empty. A walk that is interrupted leaves it empty as well.

use std::io::{self, Write};
use std::ops::Deref;
use std::pin::pin;

use futures_executor::block_on;
use futures_util::future::{Either, select};
use minidump::Minidump;
use minidump_processor::{ProcessState, ProcessorOptions, process_minidump_with_options};
use minidump_unwind::{MultiSymbolProvider, SymbolProvider};
use moonwalk_symbols::{Asked, Broker, Folders, PackStore, Symbols};
use tracing::error;

use crate::candidates::Words;
use crate::failure::Failure;
use crate::flags::Features;
use crate::opened::Opened;
use crate::output::Output;
use crate::request::Request;
use crate::secluded::Secluded;
use crate::stats::{self, Laps, Used};
use crate::waits::Waits;

/// Walks the dump of `request` and writes what was found.
pub fn walk(request: &Request) -> Result<(), Failure> {
    let mut laps = Laps::start();
    let cannot_write = |error| Failure::write(request.output_file.as_deref(), error);
    let opened = Opened::for_walk(request)?;
    let dump = Minidump::read(opened.dump).map_err(Failure::Read)?;
    let writer = opened.destination.emptied().map_err(cannot_write)?;
    laps.dump();
    let (state, used) = processed(&dump, opened.broker, request)?;
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
    if let Some(mut file) = opened.stats
        && let Err(error) = stats::write(&mut file, &laps, &used, opened.landlock)
    {
        // The JSON is whole, and figures about it are no reason to take it for a failure.
        error!("StatsFile - Error writing what the walk cost: {error}");
    }
    match used.unreadable() {
        0 => Ok(()),
        modules => Err(Failure::UnreadablePacks(modules)),
    }
}

/// The stacks, and what was asked of symbols; those are forgotten, as what they remember would
/// stand beside the JSON in memory.
fn processed<'a, T: Deref<Target = [u8]> + 'a>(
    dump: &Minidump<'a, T>,
    broker: Option<Broker>,
    request: &Request,
) -> Result<(ProcessState, Used), Failure> {
    let timed = request.stats_file.is_some();
    let text = request.symbols_paths.clone();
    let told = request.debug_info.clone();
    if let Some(broker) = broker {
        return from_broker(dump, &Symbols::new(broker, text, told, timed), request);
    }
    let packs = Folders(request.packs.clone());
    let symbols = Symbols::new(packs, text, told, timed);
    let state = match request.packs.is_empty() && request.symbols_paths.is_empty() {
        // Not a source that has nothing, but none: upstream tells the two apart in its statistics.
        true => {
            let none = MultiSymbolProvider::new();
            block_on(process(
                dump,
                &Secluded::new(&none, request),
                options(request),
            ))?
        }
        false => block_on(process(dump, &symbols, options(request)))?,
    };
    let used = used(&symbols, &state, 0.0, request);
    Ok((state, used))
}

fn used(
    symbols: &Symbols<impl PackStore>,
    state: &ProcessState,
    waited: f64,
    request: &Request,
) -> Used {
    // Which modules are on which stacks is told in statistics only.
    let state = request.stats_file.is_some().then_some(state);
    Used::of(symbols, state, waited)
}

fn from_broker<'a, T: Deref<Target = [u8]> + 'a>(
    dump: &Minidump<'a, T>,
    symbols: &Symbols<Broker>,
    request: &Request,
) -> Result<(ProcessState, Used), Failure> {
    let walked = pin!(async {
        let turns = pin!(turns(dump, symbols, request));
        match select(pin!(symbols.interrupted()), turns).await {
            Either::Left((why, _)) => Err(Failure::Interrupted(why)),
            Either::Right((state, _)) => state,
        }
    });
    let mut waits = Waits::of(walked);
    let state = block_on(&mut waits)?;
    let used = used(symbols, &state, waits.seconds(), request);
    Ok((state, used))
}

/// Walks as often as it takes until no name is missing: the names that one walk left out are read
/// at once, and the next has them.
async fn turns<'a, T: Deref<Target = [u8]> + 'a>(
    dump: &Minidump<'a, T>,
    symbols: &Symbols<Broker>,
    request: &Request,
) -> Result<ProcessState, Failure> {
    symbols.prefetch(&Words::of(dump).candidates()).await;
    let secluded = Secluded::new(symbols, request);
    let mut state = process(dump, &secluded, options(request)).await?;
    let mut last = false;
    while symbols.complete(&asked(&state), last).await {
        // The annotations are read once: a fault of theirs is told once, and by now nothing can be
        // opened. Of what is walked nothing depends on them.
        let mut options = options(request);
        options.evil_json = None;
        let of_annotations = (state.cert_info, state.system_info.cpu_microcode_version);
        state = process(dump, &secluded, options).await?;
        (state.cert_info, state.system_info.cpu_microcode_version) = of_annotations;
        last = true;
    }
    Ok(state)
}

/// What the symbols of the frames came from.
fn asked(state: &ProcessState) -> Vec<Asked<'_>> {
    let frames = state.threads.iter().flat_map(|thread| &thread.frames);
    let asked = frames.filter_map(|frame| {
        Some(Asked {
            module: frame.module.as_ref()?,
            instruction: frame.instruction,
        })
    });
    asked.collect()
}

async fn process<'a, T: Deref<Target = [u8]> + 'a>(
    dump: &Minidump<'a, T>,
    symbols: &(impl SymbolProvider + Sync),
    options: ProcessorOptions<'_>,
) -> Result<ProcessState, Failure> {
    let walked = process_minidump_with_options(dump, symbols, options).await;
    walked.map_err(Failure::Process)
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
