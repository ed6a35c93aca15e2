//! Everything that a walk has open before it looks at the dump; after that it may be unable to.

use std::fs::File;
use std::io;

use memmap2::Mmap;
use moonwalk_symbols::Broker;

use crate::dump;
use crate::failure::Failure;
use crate::output::Destination;
use crate::request::Request;
use crate::secluded::{keep_to_files, leave_few_calls};
use crate::stats;

/// What is open, and how far the process is confined.
pub struct Opened<'a> {
    pub dump: Mmap,
    pub destination: Destination<'a>,
    pub stats: Option<File>,
    pub broker: Option<Broker>,
    /// Whether the kernel has Landlock, if the process is confined.
    pub landlock: Option<bool>,
}

impl<'a> Opened<'a> {
    /// Opens it, and confines the process if it is to be.
    pub fn for_walk(request: &'a Request) -> Result<Self, Failure> {
        let dump = dump::map(&request.minidump).map_err(Failure::Read)?;
        let path = request.output_file.as_deref();
        let mut destination = Destination::at(path);
        if request.limits.confine {
            let cannot_write = |error| Failure::write(path, error);
            destination.open().map_err(cannot_write)?;
        }
        let stats = request.stats_file.as_deref().and_then(stats::file);
        let landlock = keep_to_files(request)?;
        // Its thread is made here, within the fence and before no more can be made.
        let broker = broker(request).map_err(Failure::connection)?;
        leave_few_calls(request)?;
        Ok(Self {
            dump,
            destination,
            stats,
            broker,
            landlock,
        })
    }
}

fn broker(request: &Request) -> io::Result<Option<Broker>> {
    let connection = request.broker.as_ref();
    connection
        .map(|connection| Broker::start(connection.try_clone()?))
        .transpose()
}
