//! Makes the example crash again: `example-maker PROGRAM OUT`.
//!
//! Runs PROGRAM until it dies, and leaves in OUT what a collector and a symbol server would hold of
//! that crash: the minidump, the raw crash, the dump names, and the symbols.

mod kernel_release;
mod neutral_place;
mod raw_crash;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, bail};
use dump_syms::dumper::{self, Config, Output};
use example_maker::death;

use crate::neutral_place::NeutralPlace;

/// Far above what the program needs to reach its bug.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(program), Some(out), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        bail!("usage: example-maker PROGRAM OUT");
    };
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;

    let place = NeutralPlace::with_copy_of(&program)?;
    let mut minidump = death::minidump_of(Command::new(place.program()), libc::SIGSEGV, PATIENCE)?;
    kernel_release::shorten(&mut minidump)?;
    write(&out.join(format!("{}.dmp", raw_crash::DUMP_NAME)), &minidump)?;
    write(&out.join("raw_crash.json"), raw_crash::raw_crash(&minidump).as_bytes())?;
    write(&out.join("dump_names.json"), raw_crash::dump_names().as_bytes())?;
    write_symbols(&program, &out.join("symbols"))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{} ({} bytes)", path.display(), content.len());
    Ok(())
}

/// Writes the program's symbols with inlined functions, where a symbol server would keep them.
fn write_symbols(program: &Path, store: &Path) -> Result<()> {
    if store.exists() {
        fs::remove_dir_all(store).context("cannot remove the symbols of the last time")?;
    }
    let config = Config::with_output(Output::Store(store.to_path_buf()));
    let name = program.to_str().ok_or_else(|| anyhow!("the program's path is not UTF-8"))?;
    dumper::single_file(&config, name).context("dump_syms failed")?;
    println!("{}", store.display());
    Ok(())
}
