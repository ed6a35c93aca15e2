//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use moonwalk_giant::dumps::{MOST_FRAMES, MOST_THREADS, Workload};
use moonwalk_giant::symbols::Wanted;

/// The smallest giant: below, no statistics hold.
const SMALLEST: u64 = 100_000;
/// The largest giant, so that a slip does not fill a disk.
const LARGEST: u64 = 8_000_000_000;
/// The longest name of a module.
const LONGEST_NAME: usize = 200;

/// Make Breakpad symbol files of any size, and dumps that walk through them
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = false, subcommand_required = true)]
pub struct Flags {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a symbol file like those of large C++ libraries, and show how like it is
    Symbols(Symbols),
    /// Make minidumps (x86_64 Linux) whose stacks walk through a symbol file by its CFI
    Dumps(Dumps),
    /// Show what the records of symbol files are like
    Measure(Measure),
}

/// `symbols`
#[derive(Debug, Args)]
pub struct Symbols {
    /// Name of the module, such as libxul.so
    #[arg(long, value_name = "NAME", value_parser = module)]
    module: String,
    /// Its debug id: 32 hexadecimal digits and an age, as in a symbol folder
    #[arg(long, value_name = "DEBUG_ID", value_parser = debug_id)]
    id: String,
    /// About how large the file shall be
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(SMALLEST..=LARGEST))]
    size: u64,
    /// Another seed, another file
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Show the statistics as JSON
    #[arg(long)]
    pub json: bool,
    /// File to write; its folder is made
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// `dumps`
#[derive(Debug, Args)]
pub struct Dumps {
    /// Breakpad symbol file (x86_64) to walk through, generated or real
    #[arg(long, value_name = "FILE")]
    symbols: PathBuf,
    /// Name of the module, where the symbol file's folder has another than its MODULE record
    #[arg(long, value_name = "NAME", value_parser = module)]
    module: Option<String>,
    /// How many dumps
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    count: u64,
    /// Threads of each dump
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=MOST_THREADS))]
    threads: u64,
    /// Frames of each thread
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=MOST_FRAMES))]
    depth: u64,
    /// Another seed, other dumps
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Folder to write giant-00000.dmp and on to; it is made
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
}

/// `measure`
#[derive(Debug, Args)]
pub struct Measure {
    /// Breakpad symbol files
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Show the statistics as JSON, by file
    #[arg(long)]
    pub json: bool,
}

impl Symbols {
    /// What is asked for.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            module: self.module.clone(),
            id: self.id.clone(),
            size: self.size,
            seed: self.seed,
        }
    }
}

impl Dumps {
    /// What is asked for.
    pub fn workload(&self) -> Workload {
        Workload {
            symbols: self.symbols.clone(),
            module: self.module.clone(),
            count: self.count,
            threads: self.threads,
            depth: self.depth,
            seed: self.seed,
        }
    }
}

fn module(text: &str) -> Result<String, String> {
    if text.is_empty() || text.len() > LONGEST_NAME {
        return Err(format!("a module's name has 1 to {LONGEST_NAME} bytes"));
    }
    if text.starts_with([' ', '.']) || text.contains(['/', '\\']) || text.contains(char::is_control)
    {
        return Err("a module's name is that of a file, without its folder".into());
    }
    Ok(text.into())
}

fn debug_id(text: &str) -> Result<String, String> {
    let well_formed = (33..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text[..32] == text[..32].to_ascii_uppercase()
        && text[32..] == text[32..].to_ascii_lowercase();
    match well_formed {
        true => Ok(text.into()),
        false => Err("a debug id is 32 upper-case hexadecimal digits and a lower-case age".into()),
    }
}
