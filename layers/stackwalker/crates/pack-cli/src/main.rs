//! `moonwalk-pack`: makes packs of Breakpad symbol files, and shows, unpacks and verifies them.
#![forbid(unsafe_code)]

mod failure;
mod input;
mod make;
mod outcome;
mod progress;
mod show;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Packs Breakpad symbol files, and shows, unpacks and verifies packs.
#[derive(Parser)]
#[command(version)]
struct Flags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Pack symbol files, plain or compressed with gzip or zstd, or folders of them.
    Build(BuildFlags),
    /// Write the symbol file that a pack was made from.
    Text {
        /// The pack.
        pack: PathBuf,
        /// Where to write; default: standard output.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Tell what a pack holds.
    Info {
        /// The pack.
        pack: PathBuf,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Write the lines that answer for a module offset.
    Cat {
        /// The pack.
        pack: PathBuf,
        /// Offset from the module's base, hexadecimal.
        #[arg(value_parser = show::offset)]
        offset: u64,
    },
    /// Make the index of packs again, by the rules of this release, from the text they hold.
    Reindex {
        /// The packs; each is replaced when its new form is whole.
        #[arg(required = true)]
        packs: Vec<PathBuf>,
    },
    /// Compare packs, address by address, with what the real parser says of their text.
    Verify(VerifyFlags),
}

#[derive(clap::Args)]
struct VerifyFlags {
    /// The packs, each in its place: <debug file>/<DEBUG ID>/<name>.pack.
    #[arg(required = true)]
    packs: Vec<PathBuf>,
    /// Also packs that are not in their place.
    #[arg(long)]
    anywhere: bool,
    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct BuildFlags {
    /// Symbol files, or folders in Breakpad's layout: <debug file>/<DEBUG ID>/<name>.sym.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Folder for the packs, in the same layout.
    #[arg(short, long)]
    output: PathBuf,
    /// Exit with 1 if any text is one that the parser rejects.
    #[arg(long)]
    strict: bool,
    /// Threads; default: as many as there are processors.
    #[arg(long)]
    threads: Option<usize>,
    /// Largest text, in bytes, that a compressed input may hold.
    #[arg(long, default_value_t = 16 << 30)]
    max_text: u64,
    /// Nothing on standard output.
    #[arg(short, long)]
    quiet: bool,
    /// What became of each input, as one JSON object at the end.
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
}

fn main() -> ExitCode {
    let done = match Flags::parse().command {
        Command::Build(flags) => make::run(&flags),
        Command::Text { pack, output } => show::text(&pack, output.as_deref()),
        Command::Info { pack, json } => show::info(&pack, json),
        Command::Cat { pack, offset } => show::cat(&pack, offset),
        Command::Reindex { packs } => show::reindex(&packs),
        Command::Verify(flags) => verify::run(&flags),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
