//! The commands that show what a pack holds: `text`, `info` and `cat`; and `reindex`.

use std::fs::File;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use futures_executor::block_on;
use moonwalk_pack_format::{CONTAINER_VERSION, FileReader, INDEX_VERSION, Pack, Want, build_file};
use serde_json::json;

use crate::failure::Failure;

type Done = Result<ExitCode, Failure>;

/// Opens the pack in a file.
pub(crate) fn open(path: &Path) -> Result<Pack<FileReader>, Failure> {
    let file = File::open(path).map_err(Failure::io(path))?;
    block_on(Pack::open(FileReader::new(file))).map_err(Failure::pack(path))
}

fn open_for_text(path: &Path) -> Result<Pack<FileReader>, Failure> {
    let file = File::open(path).map_err(Failure::io(path))?;
    block_on(Pack::open_for_text(FileReader::new(file))).map_err(Failure::pack(path))
}

/// Packs the text of each pack again, in its place and under its key.
pub(crate) fn reindex(paths: &[PathBuf]) -> Done {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let failures = paths
        .iter()
        .filter_map(|path| reindex_one(path, threads).err());
    let failed = failures.inspect(|failure| _ = failure.report()).count();
    if failed > 0 {
        return Err(Failure::Some(failed));
    }
    Ok(ExitCode::SUCCESS)
}

fn reindex_one(path: &Path, threads: usize) -> Result<(), Failure> {
    let pack = open_for_text(path)?;
    let folder = folder_of(path);
    let mut text = tempfile::tempfile_in(folder).map_err(Failure::io(folder))?;
    write_text(&pack, path, &mut text, folder)?;
    let key = pack.header().key.clone();
    build_file(&text, key, threads, path).map_err(Failure::pack(path))?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Reads a module offset, with or without `0x`.
pub(crate) fn offset(typed: &str) -> Result<u64, String> {
    let digits = typed.strip_prefix("0x").unwrap_or(typed);
    u64::from_str_radix(digits, 16).map_err(|error| format!("not hexadecimal: {error}"))
}

/// Writes the text; to a file it appears only when it is whole and its hash fits.
pub(crate) fn text(path: &Path, output: Option<&Path>) -> Done {
    let pack = open_for_text(path)?;
    let Some(output) = output else {
        return write_text(
            &pack,
            path,
            &mut io::stdout().lock(),
            Path::new("standard output"),
        );
    };
    let folder = folder_of(output);
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(Failure::io(folder))?;
    let code = write_text(&pack, path, &mut aside, output)?;
    aside
        .persist(output)
        .map_err(|error| Failure::io(output)(error.error))?;
    Ok(code)
}

fn write_text(pack: &Pack<FileReader>, path: &Path, out: &mut impl Write, name: &Path) -> Done {
    let mut pieces = pack.text();
    while let Some(piece) = block_on(pieces.next()).map_err(Failure::pack(path))? {
        out.write_all(&piece).map_err(Failure::io(name))?;
    }
    out.flush().map_err(Failure::io(name))?;
    Ok(ExitCode::SUCCESS)
}

/// Tells what a pack holds.
pub(crate) fn info(path: &Path, as_json: bool) -> Done {
    let pack = open(path)?;
    let told = describe(&pack);
    let mut out = io::stdout().lock();
    let written = if as_json {
        writeln!(out, "{told}")
    } else {
        let mut lines = told.as_object().into_iter().flatten();
        lines.try_for_each(|(name, value)| writeln!(out, "{name}: {value}"))
    };
    written.map_err(Failure::io(Path::new("standard output")))?;
    Ok(ExitCode::SUCCESS)
}

fn describe(pack: &Pack<FileReader>) -> serde_json::Value {
    let header = pack.header();
    let sections = pack.sections().map(|section| {
        let name = format!("{:?}", section.section);
        let sizes = json!({
            "records": section.records,
            "pages": section.pages,
            "bytes": section.bytes,
        });
        (name, sizes)
    });
    let hash: String = header
        .text_sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({
        "container_version": CONTAINER_VERSION,
        "index_version": INDEX_VERSION,
        "debug_file": header.key.debug_file,
        "debug_id": header.key.debug_id,
        "name": header.key.name,
        "module": header.module_line,
        "url": header.url,
        "verdict": header.verdict.name(),
        "verdict_line": header.verdict.line(),
        "text_bytes": header.text_size,
        "text_sha256": hash,
        "lines": header.lines,
        "pack_bytes": pack.size(),
        "ratio": pack.size() as f64 / header.text_size.max(1) as f64,
        "block_bytes": pack.text_bytes(),
        "dictionary_bytes": pack.dictionary_bytes(),
        "sections": serde_json::Map::from_iter(sections),
    })
}

/// Writes the lines that answer for an offset.
pub(crate) fn cat(path: &Path, offset: u64) -> Done {
    let pack = open(path)?;
    let slice = block_on(pack.slice(offset, Want::Both)).map_err(Failure::pack(path))?;
    let written = io::stdout().lock().write_all(&slice.text);
    written.map_err(Failure::io(Path::new("standard output")))?;
    Ok(ExitCode::SUCCESS)
}
