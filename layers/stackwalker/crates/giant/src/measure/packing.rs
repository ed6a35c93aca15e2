//! How well text compresses in small blocks, the way a pack of it would be cut.

use std::io;

use zstd::bulk::Compressor;

/// Bytes of text in one block.
const BLOCK: usize = 16 << 10;
/// The level of zstd.
const LEVEL: i32 = 1;

/// Adds up the compressed size of the text put in.
pub struct Packing {
    compressor: Compressor<'static>,
    block: Vec<u8>,
    packed: Vec<u8>,
    bytes_in: u64,
    bytes_out: u64,
}

impl Packing {
    /// An empty one.
    ///
    /// # Errors
    /// When zstd cannot have its memory.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            compressor: Compressor::new(LEVEL)?,
            block: Vec::with_capacity(BLOCK),
            packed: vec![0; zstd::zstd_safe::compress_bound(BLOCK)],
            bytes_in: 0,
            bytes_out: 0,
        })
    }

    /// Puts a line in, its newline added.
    pub fn add(&mut self, line: &[u8]) {
        self.fill(line);
        self.fill(b"\n");
    }

    fn fill(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            if self.block.len() == BLOCK {
                self.pack();
            }
            bytes = later;
        }
    }

    fn pack(&mut self) {
        let packed = self
            .compressor
            .compress_to_buffer(&self.block, &mut self.packed[..]);
        self.bytes_in += self.block.len() as u64;
        // The buffer has room for the worst case; were zstd to refuse all the same, the block
        // would be kept as it is.
        self.bytes_out += packed.unwrap_or(self.block.len()) as u64;
        self.block.clear();
    }

    /// Compressed size by size of the text; 0 without text.
    pub fn ratio(&mut self) -> f64 {
        self.pack();
        self.bytes_out as f64 / self.bytes_in.max(1) as f64
    }
}
