//! Reading a symbol file line by line in little memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::statistics::{Measurer, Statistics};
use crate::failure::Failure;

/// The longest line that is read; the longest known in real files has 155 KB.
const LONGEST_LINE: u64 = 1 << 20;

/// The statistics of the symbol file at `path`.
///
/// # Errors
/// [`Failure::Read`] if it cannot be read, [`Failure::NoSymbols`] if it is no symbol file.
pub fn measure_file(path: &Path) -> Result<Statistics, Failure> {
    let mut measurer = Measurer::new().map_err(Failure::Memory)?;
    for_each_line(path, |line| measurer.line(line))?;
    Ok(measurer.finish())
}

/// Calls `each` with every line of the symbol file at `path`, without its end.
///
/// # Errors
/// As [`measure_file`].
pub fn for_each_line(path: &Path, mut each: impl FnMut(&[u8])) -> Result<(), Failure> {
    let failed = |error| Failure::read(path, error);
    let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(failed)?);
    let mut line = Vec::new();
    let mut first = true;
    while next_line(&mut reader, &mut line).map_err(failed)? {
        if first && !line.starts_with(b"MODULE ") {
            return Err(Failure::no_symbols(path, "its first line is no MODULE"));
        }
        if line.len() as u64 >= LONGEST_LINE {
            return Err(Failure::no_symbols(path, "it has a line above 1 MiB"));
        }
        first = false;
        each(&line);
    }
    match first {
        true => Err(Failure::no_symbols(path, "it is empty")),
        false => Ok(()),
    }
}

fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    reader.take(LONGEST_LINE).read_until(b'\n', line)?;
    let read = !line.is_empty();
    while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        line.pop();
    }
    Ok(read)
}
