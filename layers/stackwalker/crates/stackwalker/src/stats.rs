//! What a walk cost, as JSON: times by step, and what each module's symbols took.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Instant;

use moonwalk_symbols::{Cost, Folders, ModuleReport, Source, Symbols};
use serde_json::{Map, Value, json};

/// Version of the layout of the file.
const SCHEMA: u32 = 1;
/// Modules listed at most, and characters of each name: a dump decides about both.
const MODULES: usize = 1000;
const NAME: usize = 256;

/// When each step ended.
pub struct Laps {
    last: Instant,
    dump: f64,
    walking: f64,
    printing: f64,
}

impl Laps {
    /// Starts with the reading of the dump.
    pub fn start() -> Self {
        Self {
            last: Instant::now(),
            dump: 0.0,
            walking: 0.0,
            printing: 0.0,
        }
    }

    /// The dump is open.
    pub fn dump(&mut self) {
        self.dump = self.lap();
    }

    /// The stacks are walked.
    pub fn walking(&mut self) {
        self.walking = self.lap();
    }

    /// The JSON is written.
    pub fn printing(&mut self) {
        self.printing = self.lap();
    }

    fn lap(&mut self) -> f64 {
        let before = std::mem::replace(&mut self.last, Instant::now());
        (self.last - before).as_secs_f64()
    }
}

/// What was asked of symbols, without the symbols.
pub struct Used {
    modules: Vec<ModuleReport>,
    seconds: f64,
}

impl Used {
    /// What was asked of `symbols` so far.
    pub fn of(symbols: &Symbols<Folders>) -> Self {
        Self {
            modules: symbols.modules(),
            seconds: symbols.seconds().unwrap_or_default(),
        }
    }

    /// How many modules had a pack that could not be read.
    pub fn unreadable(&self) -> usize {
        let is_unreadable = |module: &&ModuleReport| module.source == Source::Unreadable;
        self.modules.iter().filter(is_unreadable).count()
    }
}

/// Writes the file.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, laps: &Laps, used: &Used) -> io::Result<()> {
    let modules = &used.modules;
    let mut total = Cost::default();
    modules.iter().for_each(|module| total += module.cost);
    let mut all = counts(&total);
    let opened = modules
        .iter()
        .filter(|module| module.cost.pack.read.reads > 0);
    all.insert("packs_opened".to_owned(), opened.count().into());
    let stats = json!({
        "schema": SCHEMA,
        "seconds": {
            "dump": laps.dump,
            "symbols": used.seconds,
            "walking": laps.walking - used.seconds,
            "printing": laps.printing,
        },
        "total": all,
        "modules": modules.iter().take(MODULES).map(module).collect::<Vec<_>>(),
        "modules_left_out": modules.len().saturating_sub(MODULES),
    });
    fs::write(path, format!("{stats:#}\n"))
}

fn module(module: &ModuleReport) -> Value {
    let mut fields = counts(&module.cost);
    let name: String = module.code_file.chars().take(NAME).collect();
    fields.insert("code_file".to_owned(), name.into());
    fields.insert("source".to_owned(), module.source.name().into());
    fields.insert("error".to_owned(), module.error.into());
    fields.into()
}

fn counts(cost: &Cost) -> Map<String, Value> {
    [
        ("reads", cost.pack.read.reads),
        ("bytes", cost.pack.read.bytes),
        ("blocks", cost.pack.blocks),
        ("lookups", cost.lookups),
        ("memo_hits", cost.memo_hits),
    ]
    .into_iter()
    .map(|(name, count)| (name.to_owned(), count.into()))
    .collect()
}
