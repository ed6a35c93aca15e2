//! The parser's way through a file: which lines it sees, and where it gives up for lack of them.
//!
//! The parser reads into a buffer of 10 KiB that grows to 160 KiB, and whether it passes over a
//! long line, or accepts a last line without an end, depends on what went through that buffer
//! before. So the same buffer is driven here in the same way, with a counter of lines in the
//! parser's place.

use std::io::{self, Read};

use circular::Buffer;

const START: usize = 10 * 1024;
const LARGEST: usize = 160 * 1024;

/// A stretch of the file as the parser takes it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stretch<'a> {
    /// Whole lines, to be parsed.
    Lines(&'a [u8]),
    /// Bytes that are passed over; `true` if they end a line, which is counted.
    Skipped(&'a [u8], bool),
}

/// How the reading of a file ends, if no line of it is found corrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is read.
    Whole,
    /// The file is empty.
    Empty,
    /// The last line has no end.
    Unfinished,
}

/// Reads `input` to its end and shows each stretch to `see`; what is left over comes last, as
/// skipped, with an ending that tells of it.
pub(crate) fn run<E: From<io::Error>>(
    mut input: impl Read,
    mut see: impl FnMut(Stretch<'_>) -> Result<(), E>,
) -> Result<Ending, E> {
    let mut buffer = Buffer::with_capacity(START);
    let (mut all_used, mut grew, mut skipping, mut resumed) = (false, false, false, false);
    let mut used_any = false;
    loop {
        if skipping {
            let newline = buffer.data().iter().position(|&byte| byte == b'\n');
            let amount = newline.map_or(buffer.available_data(), |at| at + 1);
            see(Stretch::Skipped(
                &buffer.data()[..amount],
                newline.is_some(),
            ))?;
            used_any |= amount > 0;
            buffer.consume(amount);
            all_used = newline.is_none();
            if newline.is_some() {
                skipping = false;
                resumed = true;
            }
        }
        let size = fill(&mut input, buffer.space())?;
        buffer.fill(size);
        if size > 0 {
            grew = false;
        } else if !(resumed && buffer.available_data() > 0) {
            if all_used {
                return Ok(Ending::Whole);
            }
            if !grew {
                let larger = buffer.capacity() * 2;
                if larger > LARGEST {
                    skipping = true;
                } else {
                    buffer.grow(larger);
                    grew = true;
                }
                continue;
            }
            see(Stretch::Skipped(buffer.data(), false))?;
            return Ok(if used_any {
                Ending::Unfinished
            } else {
                Ending::Empty
            });
        }
        if skipping {
            continue;
        }
        resumed = false;
        let lines = buffer
            .data()
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        if lines > 0 {
            see(Stretch::Lines(&buffer.data()[..lines]))?;
            used_any = true;
        }
        all_used = lines == buffer.available_data();
        buffer.consume(lines);
    }
}

/// One read as of a plain file: short only at the end, whatever the input behind is.
fn fill(input: &mut impl Read, space: &mut [u8]) -> io::Result<usize> {
    let mut size = 0;
    while size < space.len() {
        match input.read(&mut space[size..]) {
            Ok(0) => break,
            Ok(more) => size += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(size)
}
