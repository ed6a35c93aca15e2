//! The walk itself: read the dump, process it, write its JSON, in upstream's order.
//!
//! The order shows from outside: a dump that cannot be read leaves an output file untouched, one
//! that cannot be processed leaves it empty.

use std::io::{self, Write};

use futures_executor::block_on;
use minidump::Minidump;
use minidump_processor::{ProcessState, ProcessorOptions, process_minidump_with_options};

use crate::failure::Failure;
use crate::flags::Features;
use crate::output::{Output, destination};
use crate::request::Request;
use crate::symbols;

/// Walks the dump of `request` and writes what was found.
pub fn walk(request: &Request) -> Result<(), Failure> {
    let cannot_write = |error| Failure::write(request.output_file.as_deref(), error);
    let dump = Minidump::read_path(&request.minidump).map_err(Failure::Read)?;
    let writer = destination(request.output_file.as_deref()).map_err(cannot_write)?;
    let provider = symbols::provider(&request.symbols_paths);
    let walked = process_minidump_with_options(&dump, &provider, options(request));
    let state = block_on(walked).map_err(Failure::Process)?;
    let mut output = Output::new(writer, request.limits.output);
    match write(&state, &mut output, request.pretty) {
        Err(_) if output.exceeded() => Err(Failure::OutputLimit(
            request.limits.output.unwrap_or_default(),
        )),
        result => result.map_err(cannot_write),
    }
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
