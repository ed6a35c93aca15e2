//! `moonwalk-broker`: the one process of a machine that fetches packed symbols and keeps them.
//!
//! Walkers read hostile dumps, so they have neither credentials nor network. They ask this process,
//! each over a connection that whoever started the walker has opened for it. It knows the sources,
//! fetches by range, joins and limits requests, tries again, keeps what came, and counts.
#![forbid(unsafe_code)]

mod cache;
mod config;
mod connection;
mod figures;
mod pack;
mod packs;
mod server;
mod source;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tracing::error;

use crate::config::Config;

/// The configuration cannot be used: nothing was started.
const BAD_CONFIG: u8 = 2;
/// The socket or the cache's folder cannot be had.
const CANNOT_START: u8 = 3;

/// Fetches packed symbols for walkers, and keeps them.
#[derive(Parser)]
#[command(version)]
struct Flags {
    /// The configuration, as JSON: see docs/broker.md.
    #[arg(long)]
    config: PathBuf,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .with_target(false)
        .init();
    let config = match Config::read(&Flags::parse().config) {
        Ok(config) => config,
        Err(error) => {
            error!("BadConfig - {error}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    match server::run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("CannotStart - {error}");
            ExitCode::from(CANNOT_START)
        }
    }
}
