//! `moonwalk-stackwalker`: one minidump in, the JSON of `minidump-stackwalk` 0.27.0 out.
//!
//! The program is meant to be the expendable child of a pipeline that reads hostile dumps: it is
//! given its limits on the command line, puts them on itself before it opens any input, and tells
//! its parent how it went by exit code and by one `ERROR <Name> - …` line in the log.

mod allocator;
mod candidates;
mod confine;
mod connection;
mod debug_info;
mod dump;
mod failure;
mod flags;
mod last_words;
mod log;
mod memory;
mod opened;
mod output;
mod request;
mod secluded;
mod stats;
mod waits;
mod walk;

use std::process::ExitCode;

use failure::Failure;
use request::Request;

#[global_allocator]
static ALLOCATOR: memory::LimitedAllocator = memory::LimitedAllocator;

fn main() -> ExitCode {
    let request = Request::from_command_line();
    match run(&request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}

fn run(request: &Request) -> Result<(), Failure> {
    log::start(&request.log)?;
    confine::apply(&request.limits)?;
    walk::walk(request)
}
