//! The folder of packs on disk: found again at the start, and held to its size.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::Serialize;

use super::chunks::Chunks;
use super::heading::Heading;

/// Names the file that one broker at a time holds a lock on.
const LOCK: &str = "lock";
/// Files of more than this are counted for themselves, as Socorro's operators know it.
const LARGE: u64 = 500 << 20;

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// It cannot be made or listed.
    #[error("the cache's folder {} cannot be used: {source}", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another broker uses it.
    #[error("another broker uses the cache's folder {}: give each its own", .0.display())]
    Taken(PathBuf),
}

/// The folder.
pub struct Disk {
    folder: PathBuf,
    limit: u64,
    _lock: Option<File>,
    packs: Mutex<HashMap<String, Arc<Chunks>>>,
    clock: AtomicU64,
    evictions: AtomicU64,
    damaged: AtomicU64,
    refused: AtomicU64,
}

/// What is on disk, and what became of it since the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Packs of which something is there.
    pub packs: usize,
    /// Bytes of all chunks.
    pub bytes: u64,
    /// Bytes of chunks by pack: mean.
    pub average: f64,
    /// Median.
    pub median: u64,
    /// 95th percentile.
    pub p95: u64,
    /// Most.
    pub max: u64,
    /// Packs with more than 500 MB.
    pub over_500_mb: usize,
    /// Packs that were removed to make room.
    pub evictions: u64,
    /// Chunks that were not what had been written.
    pub damaged: u64,
    /// Writes that failed.
    pub refused: u64,
}

impl Disk {
    /// A folder of at most `limit` bytes of chunks, with what an earlier broker left in it. With a
    /// limit of 0 nothing is kept, and no folder made.
    ///
    /// # Errors
    /// See [`DiskError`].
    pub fn open(folder: &Path, limit: u64) -> Result<Self, DiskError> {
        let disk = |lock, packs: HashMap<String, Arc<Chunks>>| Self {
            folder: folder.to_owned(),
            limit,
            _lock: lock,
            packs: Mutex::new(packs),
            clock: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
            damaged: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        };
        if limit == 0 {
            return Ok(disk(None, HashMap::new()));
        }
        let cannot = |source| DiskError::Folder {
            folder: folder.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(cannot)?;
        let lock = File::create(folder.join(LOCK)).map_err(cannot)?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(DiskError::Taken(folder.to_owned())),
            Err(error) => return Err(cannot(error.into())),
        }
        let packs = left_behind(folder).map_err(cannot)?;
        Ok(disk(Some(lock), packs))
    }

    /// What is kept of a pack; nothing if there is no disk for it.
    pub fn keep(&self, heading: &Heading) -> Option<Arc<Chunks>> {
        if self.limit == 0 {
            return None;
        }
        let mut packs = self.packs();
        if let Some(chunks) = packs.get(&heading.location) {
            if chunks.heading == *heading {
                return Some(chunks.clone());
            }
            chunks.remove();
        }
        let Ok(chunks) = Chunks::create(&self.folder, heading) else {
            self.refused();
            return None;
        };
        let chunks = Arc::new(chunks);
        packs.insert(heading.location.clone(), chunks.clone());
        Some(chunks)
    }

    /// The heading of what there is of a location.
    pub fn heading(&self, location: &str) -> Option<Heading> {
        let packs = self.packs();
        packs.get(location).map(|chunks| chunks.heading.clone())
    }

    /// Removes packs, the least recently used first, until all fit; `latest` goes last.
    pub fn make_room(&self, latest: &Arc<Chunks>) {
        let mut packs = self.packs();
        let mut bytes: u64 = packs.values().map(|chunks| chunks.bytes()).sum();
        while bytes > self.limit {
            let others = packs.values().filter(|chunks| !Arc::ptr_eq(chunks, latest));
            let oldest = others.min_by_key(|chunks| chunks.used.load(Ordering::Relaxed));
            let location = oldest.unwrap_or(latest).heading.location.clone();
            let Some(oldest) = packs.remove(&location) else {
                return;
            };
            bytes = bytes.saturating_sub(oldest.bytes());
            oldest.remove();
            self.evictions.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether a pack of `size` bytes leaves half of the room to others.
    pub fn has_room(&self, size: u64) -> bool {
        size <= self.limit / 2
    }

    /// Removes a pack.
    pub fn forget(&self, chunks: &Arc<Chunks>) {
        let mut packs = self.packs();
        let known = packs.get(&chunks.heading.location);
        if known.is_some_and(|known| Arc::ptr_eq(known, chunks)) {
            packs.remove(&chunks.heading.location);
            chunks.remove();
        }
    }

    /// Counts a chunk that was not what had been written.
    pub(super) fn damaged(&self) {
        self.damaged.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a write that failed.
    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// The number of this use.
    pub(super) fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What is there.
    pub fn usage(&self) -> Usage {
        let mut sizes: Vec<u64> = self.packs().values().map(|chunks| chunks.bytes()).collect();
        sizes.sort_unstable();
        let bytes: u64 = sizes.iter().sum();
        let at = |share: usize| sizes.get((sizes.len() * share / 100).min(sizes.len().max(1) - 1));
        Usage {
            packs: sizes.len(),
            bytes,
            average: bytes as f64 / sizes.len().max(1) as f64,
            median: at(50).copied().unwrap_or_default(),
            p95: at(95).copied().unwrap_or_default(),
            max: sizes.last().copied().unwrap_or_default(),
            over_500_mb: sizes.iter().filter(|size| **size > LARGE).count(),
            evictions: self.evictions.load(Ordering::Relaxed),
            damaged: self.damaged.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn packs(&self) -> MutexGuard<'_, HashMap<String, Arc<Chunks>>> {
        self.packs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Packs of an earlier broker, by location; files that do not fit together are removed.
fn left_behind(folder: &Path) -> io::Result<HashMap<String, Arc<Chunks>>> {
    let mut packs = HashMap::<String, Arc<Chunks>>::new();
    let mut kept = HashSet::new();
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    for path in &paths {
        let name = path.file_stem().and_then(|name| name.to_str());
        let is_sums = path.extension().is_some_and(|ending| ending == "sums");
        let Some(name) = name.filter(|_| is_sums) else {
            continue;
        };
        if let Some(chunks) = Chunks::open(folder, name) {
            kept.insert(name.to_owned());
            let location = chunks.heading.location.clone();
            if let Some(other) = packs.insert(location, Arc::new(chunks)) {
                other.remove();
            }
        }
    }
    for path in paths {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let ours = path
            .extension()
            .is_some_and(|ending| ending == "sums" || ending == "data");
        if ours && !kept.contains(name) {
            fs::remove_file(path)?;
        }
    }
    Ok(packs)
}
