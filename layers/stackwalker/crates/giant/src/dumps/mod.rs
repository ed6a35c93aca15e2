//! Dumps whose threads have deep stacks, no two alike, that run through one module.

mod minidump;
mod module;
mod stack;

use std::path::{Path, PathBuf};

use crate::aside::Aside;
use crate::failure::Failure;
use crate::random::{Random, Topic};
use minidump::Crash;
use module::Module;
use stack::Ground;

/// Where the module is loaded, below the stacks as libraries are.
const BASE: u64 = 0x7e00_0000_0000;
/// The end of the first thread's stack.
const STACKS: u64 = 0x7fff_0000_0000;
/// Address space of a thread's stack: more than the greatest frames times the greatest depth.
const STACK_SPACE: u64 = 1 << 30;
/// The number of the first thread.
const FIRST_ID: u32 = 1000;

/// The most threads that a dump may have.
pub const MOST_THREADS: u64 = 1_000;
/// The most frames that a thread may have.
pub const MOST_FRAMES: u64 = 10_000;
/// The most bytes of stacks that a dump may have: offsets in a minidump have 32 bits.
const MOST_BYTES: usize = 1 << 30;

/// A workload to be made.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The symbol file of the module the stacks run through.
    pub symbols: PathBuf,
    /// The name of that module; where there is none, that of the file's MODULE record.
    pub module: Option<String>,
    /// How many dumps there shall be.
    pub count: u64,
    /// Threads of each.
    pub threads: u64,
    /// Frames of each thread.
    pub depth: u64,
    /// What makes one workload differ from another.
    pub seed: u64,
}

/// Makes the dumps `giant-00000.dmp` and on in `folder`, and gives their bytes in all.
///
/// # Errors
/// [`Failure`], if the symbols do not serve or a dump cannot be written; the dumps before that
/// one remain.
pub fn make(workload: &Workload, folder: &Path) -> Result<u64, Failure> {
    let mut module = Module::read(&workload.symbols, workload.seed)?;
    if let Some(name) = &workload.module {
        module.name.clone_from(name);
    }
    let mut bytes = 0;
    for number in 0..workload.count {
        let dump = dump(workload, &module, number)?;
        let path = folder.join(format!("giant-{number:05}.dmp"));
        let mut file = Aside::create(&path)?;
        file.write(&dump)?;
        file.commit()?;
        bytes += dump.len() as u64;
    }
    Ok(bytes)
}

fn dump(workload: &Workload, module: &Module, number: u64) -> Result<Vec<u8>, Failure> {
    let mut random = Random::new(workload.seed, Topic::Dump, number);
    let mut threads = Vec::new();
    let mut stacks = 0;
    for index in 0..workload.threads {
        let ground = Ground {
            module,
            base: BASE,
            top: STACKS - STACK_SPACE * index,
            depth: workload.depth,
        };
        let thread = ground.thread(FIRST_ID + index as u32, &mut random);
        stacks += thread.stack.len();
        if stacks > MOST_BYTES {
            return Err(Failure::TooMuchStack);
        }
        threads.push(thread);
    }
    let crash = Crash {
        module,
        base: BASE,
        crashed: random.below(workload.threads) as usize,
        address: random.below(4096),
        threads: &threads,
    };
    Ok(crash.minidump())
}
