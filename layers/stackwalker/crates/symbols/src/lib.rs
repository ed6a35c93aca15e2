//! Symbols for a walk: packs and text behind the one interface that the walk asks.
//!
//! [`Symbols`] is what `minidump-processor` calls a symbol provider. For each module it looks for a
//! pack first, then for text, and answers as `minidump-stackwalk` 0.27.0 would with the text. It
//! counts what that costs, and tells which packs could not be read.
#![forbid(unsafe_code)]

mod address;
mod ahead;
mod broker;
mod debug_info;
mod module;
mod modules;
mod origin;
mod packed;
mod provider;
mod report;
mod stopwatch;
mod store;
mod tally;

pub use ahead::{Asked, Candidates};
pub use broker::{Broker, BrokerReader};
pub use debug_info::{BadDebugInfo, DebugInfo};
pub use provider::Symbols;
pub use report::{ModuleReport, Source};
pub use store::{Folders, Opened, PackStore, SourceFailed};
pub use tally::Cost;
