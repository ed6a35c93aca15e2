//! The real parser's verdict on a whole text, in pieces that fit into little memory.
//!
//! The parser is public only as a whole, and keeps all it reads. So it is given pieces: each
//! begins with a line that opens the record which was open where the piece was cut, and with long
//! lines one by one, so that its buffer passes over none that it saw in the whole.

use std::io::{self, Read};

use breakpad_symbols::{SymbolError, SymbolFile};

use crate::directory::Verdict;
use crate::scan::Open;

/// Lines from this length on are given to the parser one by one. It passes over none below 80 KiB.
pub(crate) const LONG_LINE: usize = 60 * 1024;

/// A piece of the text, and what stood before it.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    /// The record that was open before it; nothing if it is the first of the text.
    pub(crate) open: Option<Open>,
    /// Lines before it.
    pub(crate) line: u64,
}

impl Piece {
    /// What the parser says of the piece in its place.
    pub(crate) fn verdict(&self) -> Verdict {
        let opening: &[u8] = match self.open {
            None => b"",
            Some(Open::Nothing) => b"\n",
            Some(Open::Func) => b"FUNC 0 1 0 x\n",
            Some(Open::Cfi) => b"STACK CFI INIT 0 1 x\n",
        };
        let parsed = if has_long_line(&self.bytes) {
            let mut lines = LineReader(opening).chain(LineReader(&self.bytes));
            SymbolFile::parse(&mut lines, |_| ())
        } else {
            SymbolFile::parse(opening.chain(&self.bytes[..]), |_| ())
        };
        match parsed {
            Ok(_) => Verdict::Fine,
            Err(SymbolError::ParseError(what, lines)) => {
                let line = self.line + lines - u64::from(self.open.is_some());
                if what.starts_with("MODULE") {
                    Verdict::LateModule { line }
                } else {
                    Verdict::BadLine { line }
                }
            }
            Err(_) => Verdict::BadLine { line: self.line },
        }
    }
}

/// Whether any line is so long that the parser might pass over it.
pub(crate) fn has_long_line(lines: &[u8]) -> bool {
    if lines.len() < LONG_LINE {
        return false;
    }
    let mut start = 0;
    memchr::memchr_iter(b'\n', lines).any(|end| {
        let length = end - start;
        start = end + 1;
        length >= LONG_LINE
    })
}

/// Gives never more than the rest of a line, which keeps the parser's buffer free for the next.
pub(crate) struct LineReader<'a>(pub(crate) &'a [u8]);

impl Read for LineReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let line = memchr::memchr(b'\n', self.0).map_or(self.0.len(), |at| at + 1);
        let size = line.min(out.len());
        out[..size].copy_from_slice(&self.0[..size]);
        self.0 = &self.0[size..];
        Ok(size)
    }
}
