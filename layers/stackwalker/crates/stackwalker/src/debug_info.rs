//! The file in which the parent tells debug files and ids that a dump lacks.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use moonwalk_symbols::{BadDebugInfo, DebugInfo};

/// Bytes of it at most.
const LONGEST: u64 = 1 << 20;

/// Reads the file; what is wrong with it if it cannot be used.
pub fn read(path: &Path) -> Result<DebugInfo, String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| format!("names {shown}, which cannot be read: {error}"))?;
    if bytes.len() as u64 > LONGEST {
        return Err(format!(
            "names {shown}, which is longer than {LONGEST} bytes"
        ));
    }
    DebugInfo::read(&bytes).map_err(|error| match error {
        BadDebugInfo::NoObject(error) => format!("names {shown}, which is not understood: {error}"),
        BadDebugInfo::NoPlace(asked) => {
            format!("names {shown}, in which {asked:?} leads to no place of a symbol file")
        }
    })
}
