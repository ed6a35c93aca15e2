//! Where the JSON goes, and how much of it may go there.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Bytes collected before they are written: the serializer hands over single tokens.
const BUFFER: usize = 64 * 1024;

/// A writer of JSON that refuses to go beyond a number of bytes.
pub struct Output<W: Write> {
    writer: BufWriter<W>,
    left: u64,
    exceeded: bool,
}

/// A file, or standard output, before anything is done to it.
pub struct Destination<'a> {
    path: Option<&'a Path>,
    opened: Option<File>,
}

impl<'a> Destination<'a> {
    /// The file at `path`, or standard output.
    pub fn at(path: Option<&'a Path>) -> Self {
        Self { path, opened: None }
    }

    /// Opens the file while that is possible; what is in it stays.
    pub fn open(&mut self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        self.opened = self.path.map(|path| options.open(path)).transpose()?;
        Ok(())
    }

    /// The file, made or emptied, or standard output.
    pub fn emptied(self) -> io::Result<Box<dyn Write>> {
        match (self.opened, self.path) {
            (Some(file), _) => {
                // A pipe cannot be cut, and need not.
                if file.metadata()?.is_file() {
                    file.set_len(0)?;
                }
                Ok(Box::new(file))
            }
            (None, Some(path)) => Ok(Box::new(File::create(path)?)),
            (None, None) => Ok(Box::new(io::stdout())),
        }
    }
}

impl<W: Write> Output<W> {
    /// At most `limit` bytes go to `writer`.
    pub fn new(writer: W, limit: Option<u64>) -> Self {
        Self {
            writer: BufWriter::with_capacity(BUFFER, writer),
            left: limit.unwrap_or(u64::MAX),
            exceeded: false,
        }
    }

    /// Whether a write was refused because of the limit.
    pub fn exceeded(&self) -> bool {
        self.exceeded
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len() as u64;
        if length > self.left {
            self.exceeded = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let written = self.writer.write(bytes)?;
        self.left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_up_to_the_limit_is_written() {
        let mut output = Output::new(Vec::new(), Some(4));
        output.write_all(b"ab").unwrap();
        output.write_all(b"cd").unwrap();
        output.flush().unwrap();
        assert!(!output.exceeded());
        assert_eq!(output.writer.get_ref(), b"abcd");
    }

    #[test]
    fn the_first_byte_beyond_the_limit_is_refused() {
        let mut output = Output::new(Vec::new(), Some(4));
        output.write_all(b"abcd").unwrap();
        let error = output.write_all(b"e").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(output.exceeded());
    }
}
