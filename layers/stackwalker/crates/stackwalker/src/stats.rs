//! What a walk cost, as JSON: times by step, and what each module's symbols took.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use minidump::{MinidumpModule, Module};
use minidump_processor::ProcessState;
use moonwalk_symbols::{Cost, ModuleReport, PackStore, Source, Symbols};
use serde_json::{Map, Value, json};
use tracing::error;

/// Version of the layout of the file.
const SCHEMA: u32 = 2;
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
    modules: Vec<(ModuleReport, Stacks)>,
    seconds: f64,
    texts: f64,
    waited: f64,
}

/// On which stacks a module is.
#[derive(Clone, Copy, Default)]
struct Stacks {
    any: bool,
    crashing: bool,
}

impl Used {
    /// What was asked of `symbols` so far, and which of it for the stacks of `state`; answers of
    /// the broker were `waited` for so many seconds.
    pub fn of(
        symbols: &Symbols<impl PackStore>,
        state: Option<&ProcessState>,
        waited: f64,
    ) -> Self {
        let stacks = state.map(stacks).unwrap_or_default();
        let modules = symbols.modules().into_iter().map(|module| {
            let identity = (module.code_file.clone(), module.code_id.clone());
            let on = stacks.get(&identity).copied().unwrap_or_default();
            (module, on)
        });
        Self {
            modules: modules.collect(),
            seconds: symbols.seconds().unwrap_or_default(),
            texts: symbols.text_seconds().unwrap_or_default(),
            waited,
        }
    }

    /// How many modules had a pack that could not be read.
    pub fn unreadable(&self) -> usize {
        let modules = self.modules.iter();
        let unreadable = modules.filter(|(module, _)| module.source == Source::Unreadable);
        unreadable.count()
    }
}

type Identity = (String, Option<String>);

/// The modules that frames are in.
fn stacks(state: &ProcessState) -> HashMap<Identity, Stacks> {
    let mut by_base = HashMap::<u64, (&MinidumpModule, Stacks)>::new();
    for (number, thread) in state.threads.iter().enumerate() {
        let modules = thread
            .frames
            .iter()
            .filter_map(|frame| frame.module.as_ref());
        for module in modules {
            let new = (module, Stacks::default());
            let (_, stacks) = by_base.entry(module.base_address()).or_insert(new);
            stacks.any = true;
            stacks.crashing |= state.requesting_thread == Some(number);
        }
    }
    let mut all = HashMap::<Identity, Stacks>::new();
    for (module, stacks) in by_base.into_values() {
        let code_id = module.code_identifier().map(|id| id.to_string());
        let identity = (module.code_file().into_owned(), code_id);
        let known = all.entry(identity).or_default();
        known.any |= stacks.any;
        known.crashing |= stacks.crashing;
    }
    all
}

/// Makes the file ahead: when there is something to write in it, nothing may be opened any more.
pub fn file(path: &Path) -> Option<File> {
    let file = File::create(path);
    // Figures are no reason to take a walk for a failure.
    file.inspect_err(|error| error!("StatsFile - Error writing {}: {error}", path.display()))
        .ok()
}

/// Writes the file; `landlock` is whether the kernel has it, where that was asked.
///
/// # Errors
/// It cannot be written.
pub fn write(file: &mut File, laps: &Laps, used: &Used, landlock: Option<bool>) -> io::Result<()> {
    let modules = &used.modules;
    let mut total = Cost::default();
    modules.iter().for_each(|(module, _)| total += module.cost);
    let mut all = counts(&total);
    let opened = modules
        .iter()
        .filter(|(module, _)| module.cost.pack.read.reads > 0);
    all.insert("packs_opened".to_owned(), opened.count().into());
    let stats = json!({
        "schema": SCHEMA,
        "seconds": {
            "dump": laps.dump,
            "symbols": used.seconds,
            "walking": laps.walking - used.seconds,
            "printing": laps.printing,
            "files": used.texts + total.pack.read.nanoseconds as f64 / 1e9,
            "broker": used.waited,
        },
        "total": all,
        "modules": modules.iter().take(MODULES).map(module).collect::<Vec<_>>(),
        "modules_left_out": modules.len().saturating_sub(MODULES),
        "landlock": landlock,
    });
    writeln!(file, "{stats:#}")
}

fn module((module, stacks): &(ModuleReport, Stacks)) -> Value {
    let mut fields = counts(&module.cost);
    let key = module.key.as_ref();
    let texts = [
        ("code_file", Some(&module.code_file)),
        ("code_id", module.code_id.as_ref()),
        ("debug_file", key.map(|key| &key.debug_file)),
        ("debug_id", key.map(|key| &key.debug_id)),
        ("error", module.error.as_ref()),
    ];
    for (name, text) in texts {
        let bounded = text.map(|text| match name {
            "code_file" => end_of(text),
            _ => text.chars().take(NAME).collect(),
        });
        fields.insert(name.to_owned(), bounded.into());
    }
    fields.insert("source".to_owned(), module.source.name().into());
    fields.insert("on_stack".to_owned(), stacks.any.into());
    fields.insert("crashing".to_owned(), stacks.crashing.into());
    fields.into()
}

/// The end of a path: symbol servers know files by their names.
fn end_of(path: &str) -> String {
    let left_out = path.chars().count().saturating_sub(NAME);
    path.chars().skip(left_out).collect()
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
