//! Where packs are: folders here; over a network it is the same question.

use std::fs::File;
use std::future::Future;
use std::io;
use std::path::PathBuf;

use moonwalk_pack_format::{FileReader, Key, RangeReader};

/// Something that has packs, by key.
pub trait PackStore: Send + Sync {
    /// How it is read.
    type Reader: RangeReader + Send + Sync;

    /// The pack of a key, if there is one.
    ///
    /// # Errors
    /// It cannot be told, or the pack not be opened. A key that has no place in a store is no
    /// error: nothing is there.
    fn open(&self, key: &Key) -> impl Future<Output = io::Result<Option<Self::Reader>>> + Send;
}

/// Folders of packs, looked through in this order.
#[derive(Clone, Debug, Default)]
pub struct Folders(pub Vec<PathBuf>);

impl PackStore for Folders {
    type Reader = FileReader;

    async fn open(&self, key: &Key) -> io::Result<Option<FileReader>> {
        let Ok(place) = key.pack_place() else {
            return Ok(None);
        };
        for folder in &self.0 {
            match File::open(folder.join(&place)) {
                Ok(file) => return Ok(Some(FileReader::new(file))),
                Err(error) if is_absence(error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

fn is_absence(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename
    )
}
