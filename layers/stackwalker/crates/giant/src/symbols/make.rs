//! Making a giant: one pass over each section, in memory that does not grow with the file.

use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::aside::Aside;
use crate::failure::Failure;
use crate::measure::{Measurer, Statistics};
use crate::symbols::plan::{Plan, Wanted};
use crate::symbols::sections::{Sections, for_each_function};

/// Bytes that are collected before they are written and measured.
const CHUNK: usize = 1 << 20;
/// Chunks that may wait to be measured.
const WAITING: usize = 4;

/// Makes the giant that is `wanted` at `path` and gives its statistics.
///
/// # Errors
/// [`Failure::Write`] if it cannot be written: nothing is left at `path` then.
pub fn make(wanted: &Wanted, path: &Path) -> Result<Statistics, Failure> {
    let file = Aside::create(path)?;
    let plan = Plan::for_size(wanted);
    let (sender, chunks) = sync_channel::<Vec<u8>>(WAITING);
    let mut measurer = Measurer::new().map_err(Failure::Memory)?;
    thread::scope(|scope| {
        let measuring = scope.spawn(move || {
            for chunk in chunks {
                let lines = chunk.strip_suffix(b"\n").unwrap_or(&chunk);
                lines
                    .split(|byte| *byte == b'\n')
                    .for_each(|line| measurer.line(line));
            }
            measurer.finish()
        });
        let mut giant = Giant::new(file, sender);
        giant.write(wanted, plan)?;
        giant.finish()?;
        Ok(measuring.join().expect("measuring does not panic"))
    })
}

struct Giant {
    file: Aside,
    measuring: SyncSender<Vec<u8>>,
    chunk: Vec<u8>,
}

impl Giant {
    fn new(file: Aside, measuring: SyncSender<Vec<u8>>) -> Self {
        let chunk = Vec::with_capacity(CHUNK + (CHUNK >> 2));
        Self {
            file,
            measuring,
            chunk,
        }
    }

    fn write(&mut self, wanted: &Wanted, plan: Plan) -> Result<(), Failure> {
        let mut sections = Sections::new(plan);
        sections.head(&mut self.chunk, wanted);
        for index in 0..plan.files {
            self.record(|out| sections.file(out, index))?;
        }
        for index in 0..plan.origins {
            self.record(|out| sections.origin(out, index))?;
        }
        let end = for_each_function(plan, |index, address, shape| {
            self.record(|out| sections.function(out, index, address, shape))
        })?;
        for index in 0..plan.publics {
            self.record(|out| sections.public(out, index, end))?;
        }
        for_each_function(plan, |index, address, shape| {
            self.record(|out| sections.unwinding(out, index, address, shape))
        })?;
        Ok(())
    }

    fn record(&mut self, append: impl FnOnce(&mut Vec<u8>)) -> Result<(), Failure> {
        append(&mut self.chunk);
        if self.chunk.len() < CHUNK {
            return Ok(());
        }
        self.pass_on()
    }

    fn pass_on(&mut self) -> Result<(), Failure> {
        self.file.write(&self.chunk)?;
        let full = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK + (CHUNK >> 2)));
        self.measuring
            .send(full)
            .expect("measuring goes on to the end");
        Ok(())
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.pass_on()?;
        self.file.commit()
    }
}
