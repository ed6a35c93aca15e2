//! Finding symbol files, where each belongs, and reading them plain.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use moonwalk_pack_format::Key;

use crate::failure::Failure;

/// Folders below a folder given, followed to this depth: links may lead in circles.
const DEEPEST: usize = 8;

/// A symbol file and, if its folder tells, where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) key: Option<Key>,
}

/// The files that `given` stands for, in the order of their names, and what could not be listed.
pub(crate) fn find(given: &Path) -> Vec<Result<Input, Failure>> {
    let path = given.to_owned();
    let known = match fs::metadata(given) {
        Ok(known) => known,
        Err(error) => return vec![Err(Failure::io(given)(error))],
    };
    if !known.is_dir() {
        return vec![Ok(Input { path, key: None })];
    }
    let mut found = Vec::new();
    descend(given, &mut Vec::new(), &mut found);
    if found.is_empty() {
        found.push(Err(Failure::NoInput { path }));
    }
    found
}

fn descend(folder: &Path, above: &mut Vec<String>, out: &mut Vec<Result<Input, Failure>>) {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => return out.push(Err(Failure::io(folder)(error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if above.len() < DEEPEST {
                above.push(name);
                descend(&path, above, out);
                above.pop();
            }
        } else if let Some(name) = symbol_name(&name) {
            let key = key_of_folders(above, name);
            out.push(Ok(Input { path, key }));
        }
    }
}

fn key_of_folders(above: &[String], name: String) -> Option<Key> {
    let [.., debug_file, debug_id] = above else {
        return None;
    };
    Some(Key {
        debug_file: debug_file.clone(),
        debug_id: debug_id.clone(),
        name,
    })
}

/// The name without the ending of its compression; nothing if it is no symbol file's.
fn symbol_name(name: &str) -> Option<String> {
    let plain = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"));
    let plain = plain.unwrap_or(name);
    plain.ends_with(".sym").then(|| plain.to_owned())
}

/// Where a file given by itself belongs: what its MODULE line says, as a symbol server has it.
pub(crate) fn key_of_module(path: &Path, text: &File) -> Result<Key, Failure> {
    let mut head = Vec::new();
    let mut text = text;
    text.seek(SeekFrom::Start(0)).map_err(Failure::io(path))?;
    text.take(8192)
        .read_to_end(&mut head)
        .map_err(Failure::io(path))?;
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or(&[]);
    let line = std::str::from_utf8(line)
        .unwrap_or("")
        .trim_end_matches('\r');
    let mut words = line.splitn(5, ' ');
    let (Some("MODULE"), Some(_), Some(_), Some(id), Some(name)) = (
        words.next(),
        words.next(),
        words.next(),
        words.next(),
        words.next(),
    ) else {
        return Err(Failure::NoKey {
            path: path.to_owned(),
        });
    };
    let leaf = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let cut = leaf.len().saturating_sub(4);
    let stem = match leaf.get(cut..) {
        Some(ending) if ending.eq_ignore_ascii_case(".pdb") => &leaf[..cut],
        _ => leaf,
    };
    Ok(Key {
        debug_file: leaf.to_owned(),
        debug_id: id.to_owned(),
        name: format!("{stem}.sym"),
    })
}

/// The place of the pack below the output folder; a key that would leave it is refused.
pub(crate) fn place(path: &Path, key: &Key) -> Result<PathBuf, Failure> {
    key.pack_place().map_err(|what| Failure::BadName {
        path: path.to_owned(),
        what,
    })
}

/// The text of an input: the file itself, or what it decompresses to in a file without a name
/// below `folder`.
pub(crate) fn open(path: &Path, folder: &Path, limit: u64) -> Result<File, Failure> {
    // Looked at before it is opened: a pipe that nobody writes to would never open.
    if !fs::metadata(path).map_err(Failure::io(path))?.is_file() {
        let path = path.to_owned();
        return Err(Failure::NotAFile { path });
    }
    let mut file = File::open(path).map_err(Failure::io(path))?;
    let mut magic = [0; 4];
    let size = file.read(&mut magic).map_err(Failure::io(path))?;
    file.seek(SeekFrom::Start(0)).map_err(Failure::io(path))?;
    let spool = |input: &mut dyn Read| spool(path, input, folder, limit);
    match &magic[..size] {
        [0x1f, 0x8b, ..] => spool(&mut flate2::read::MultiGzDecoder::new(file)),
        [0x28, 0xb5, 0x2f, 0xfd] => {
            let decoder = zstd::stream::read::Decoder::new(file);
            spool(&mut decoder.map_err(Failure::io(path))?)
        }
        _ => Ok(file),
    }
}

fn spool(path: &Path, input: &mut dyn Read, folder: &Path, limit: u64) -> Result<File, Failure> {
    let mut text = tempfile::tempfile_in(folder).map_err(Failure::io(folder))?;
    let mut limited = input.take(limit.saturating_add(1));
    let size = io::copy(&mut limited, &mut text).map_err(Failure::io(path))?;
    if size > limit {
        return Err(Failure::TextTooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(text)
}
