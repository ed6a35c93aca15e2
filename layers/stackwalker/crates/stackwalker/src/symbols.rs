//! Where symbols come from: the one place that knows the kinds of source.

use std::path::PathBuf;

use minidump_unwind::{MultiSymbolProvider, Symbolizer, simple_symbol_supplier};

/// A provider that asks each source in turn; without any source every module lacks symbols.
pub fn provider(symbols_paths: &[PathBuf]) -> MultiSymbolProvider {
    let mut provider = MultiSymbolProvider::new();
    if !symbols_paths.is_empty() {
        let supplier = simple_symbol_supplier(symbols_paths.to_vec());
        provider.add(Box::new(Symbolizer::new(supplier)));
    }
    provider
}
