//! What is kept of packs: chunks in memory, and on disk beyond the end of this process.

mod chunks;
mod disk;
mod heading;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache as Memory;

pub use chunks::{CHUNK, Chunks, chunks_of};
pub use disk::{Disk, DiskError, Usage};
pub use heading::Heading;

/// A chunk of a pack: the pack's number in this process, and the chunk's in the pack.
type ChunkKey = (u64, u64);

#[derive(Clone)]
struct ByLength;

impl Weighter<ChunkKey, Bytes> for ByLength {
    fn weight(&self, _key: &ChunkKey, value: &Bytes) -> u64 {
        value.len() as u64
    }
}

/// Both parts of the cache.
pub struct Cache {
    memory: Memory<ChunkKey, Bytes, ByLength>,
    disk: Disk,
    packs: AtomicU64,
}

/// What the cache has of one pack.
pub struct Kept {
    number: u64,
    /// Length of the pack, in bytes.
    pub size: u64,
    disk: Option<Arc<Chunks>>,
}

/// Where a chunk was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// In memory.
    Memory,
    /// On disk.
    Disk,
}

impl Cache {
    /// A cache of at most `memory_bytes` beside what is on disk.
    pub fn new(memory_bytes: u64, disk: Disk) -> Self {
        let chunks = usize::try_from(memory_bytes / CHUNK).unwrap_or(usize::MAX);
        Self {
            memory: Memory::with_weighter(chunks.max(1), memory_bytes, ByLength),
            disk,
            packs: AtomicU64::new(0),
        }
    }

    /// What is kept of the pack with this heading; more will be.
    pub fn keep(&self, heading: &Heading) -> Kept {
        Kept {
            number: self.packs.fetch_add(1, Ordering::Relaxed),
            size: heading.size,
            disk: self.disk.keep(heading),
        }
    }

    /// The heading of what is on disk of a location.
    pub fn heading(&self, location: &str) -> Option<Heading> {
        self.disk.heading(location)
    }

    /// Whether a chunk is at hand.
    pub fn has(&self, kept: &Kept, chunk: u64) -> bool {
        let on_disk = kept.disk.as_ref().is_some_and(|disk| disk.has(chunk));
        on_disk || self.memory.get(&(kept.number, chunk)).is_some()
    }

    /// A chunk, whole and as it was fetched; nothing if it is not at hand.
    pub fn get(&self, kept: &Kept, chunk: u64) -> Option<(Bytes, Tier)> {
        if let Some(bytes) = self.memory.get(&(kept.number, chunk)) {
            return Some((bytes, Tier::Memory));
        }
        let bytes = kept.disk.as_ref()?.get(chunk, &self.disk)?;
        self.memory.insert((kept.number, chunk), bytes.clone());
        Some((bytes, Tier::Disk))
    }

    /// Keeps bytes of a pack that begin with a chunk. What does not fit, or cannot be written, is
    /// not kept, and fetched again when it is wanted.
    pub fn put(&self, kept: &Kept, first: u64, bytes: &Bytes) {
        for (number, from) in (first..).zip((0..bytes.len()).step_by(CHUNK as usize)) {
            let to = bytes.len().min(from + CHUNK as usize);
            self.memory
                .insert((kept.number, number), bytes.slice(from..to));
        }
        if let Some(disk) = &kept.disk {
            disk.put(first, bytes, &self.disk);
            self.disk.make_room(disk);
        }
    }

    /// Forgets what is kept of a pack: it is damaged, or of another version.
    pub fn forget(&self, kept: &Kept) {
        for chunk in 0..kept.size.div_ceil(CHUNK) {
            self.memory.remove(&(kept.number, chunk));
        }
        if let Some(disk) = &kept.disk {
            self.disk.forget(disk);
        }
    }

    /// Whether a pack of `size` bytes may be kept as a whole without driving out all others.
    pub fn has_room(&self, size: u64) -> bool {
        self.disk.has_room(size)
    }

    /// What is on disk, for figures.
    pub fn usage(&self) -> Usage {
        self.disk.usage()
    }

    /// Bytes in memory.
    pub fn memory_bytes(&self) -> u64 {
        self.memory.weight()
    }
}

impl Kept {
    /// The file of the pack, if all of it is there.
    pub fn whole(&self) -> Option<std::fs::File> {
        self.disk.as_ref()?.whole()
    }
}
