//! `moonwalk-giant`: makes large symbol files and dumps, and measures symbol files.
//!
//! Exit codes: 0 done; 1 a file cannot be read, used or written; 2 the command line cannot be
//! served. A failure is one line on standard error.

mod flags;

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Map, Value};

use flags::{Command, Dumps, Flags, Measure, Symbols};
use moonwalk_giant::failure::{Failure, USAGE};
use moonwalk_giant::measure::measure_file;
use moonwalk_giant::symbols::figures;
use moonwalk_giant::{dumps, report, symbols};

fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(error) => return refuse(&error),
    };
    let done = match flags.command {
        Command::Symbols(symbols) => make_symbols(&symbols),
        Command::Dumps(dumps) => make_dumps(&dumps),
        Command::Measure(measure) => show(&measure),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("moonwalk-giant: {failure}");
            failure.exit_code()
        }
    }
}

/// Help and version as they are; of an error its first paragraph, in one line.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        error.exit();
    }
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = first.split_whitespace().collect();
    eprintln!("moonwalk-giant: {}; see --help", words.join(" "));
    ExitCode::from(USAGE)
}

fn make_symbols(asked: &Symbols) -> Result<(), Failure> {
    let statistics = symbols::make(&asked.wanted(), &asked.output)?;
    let name = asked.output.display().to_string();
    match asked.json {
        true => print(&format!("{:#}\n", report::json(&statistics))),
        false => print(&format!(
            "{}\n{}",
            report::table(&name, &statistics),
            figures::table(&statistics)
        )),
    }
}

fn make_dumps(asked: &Dumps) -> Result<(), Failure> {
    let workload = asked.workload();
    let bytes = dumps::make(&workload, &asked.output)?;
    print(&format!(
        "{} dumps of {} threads with {} frames each, {bytes} bytes, in {}\n",
        workload.count,
        workload.threads,
        workload.depth,
        asked.output.display()
    ))
}

fn show(asked: &Measure) -> Result<(), Failure> {
    let mut by_file = Map::new();
    for path in &asked.files {
        let statistics = measure_file(path)?;
        let name = path.display().to_string();
        if asked.json {
            by_file.insert(name, report::json(&statistics));
        } else {
            print(&format!("{}\n", report::table(&name, &statistics)))?;
        }
    }
    match asked.json {
        true => print(&format!("{:#}\n", Value::Object(by_file))),
        false => Ok(()),
    }
}

/// Writes to standard output; a reader that leaves early is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::write(Path::new("standard output"), error))
        }
        _ => Ok(()),
    }
}
