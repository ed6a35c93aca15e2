//! Where packs are: folders here, or the broker's; it is the same question.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::future::{Future, pending};
use std::io;
use std::path::PathBuf;

use moonwalk_pack_format::{FileReader, Key, PackError, RangeReader};

use crate::origin;

/// Something that has packs, by key.
pub trait PackStore: Send + Sync {
    /// How it is read.
    type Reader: RangeReader + Send + Sync;

    /// The pack of a key, if there is one.
    ///
    /// # Errors
    /// It cannot be told, or the pack not be opened; [`SourceFailed`] within if the fault is that of
    /// where packs come from. A key that has no place in a store is no error: nothing is there.
    fn open(
        &self,
        key: &Key,
    ) -> impl Future<Output = io::Result<Option<Opened<Self::Reader>>>> + Send;

    /// Hears that a pack could not be read. It does not come back if the walk is to end for that.
    fn unreadable(&self, _key: &Key, _error: &PackError) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Waits until the walk cannot be gone on with, and tells why.
    fn interrupted(&self) -> impl Future<Output = String> + Send {
        pending()
    }
}

/// A pack that was found.
#[derive(Debug)]
pub struct Opened<R> {
    /// How it is read.
    pub reader: R,
    /// The address of the symbol server that its text came from, if it is known.
    pub origin: Option<String>,
    /// Whether reads take long, so that much should be read at once.
    pub slow: bool,
}

/// Where packs come from does not answer, or not as it should: the module's symbols may exist.
#[derive(Debug)]
pub struct SourceFailed(
    /// What happened, for a person.
    pub String,
);

impl SourceFailed {
    /// What happened, if that is what an error is about.
    #[must_use]
    pub fn of(error: &PackError) -> Option<&str> {
        match error {
            PackError::Io(error) => {
                let inner = error.get_ref()?.downcast_ref::<Self>()?;
                Some(&inner.0)
            }
            _ => None,
        }
    }
}

impl fmt::Display for SourceFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for SourceFailed {}

impl From<SourceFailed> for io::Error {
    fn from(failed: SourceFailed) -> Self {
        Self::other(failed)
    }
}

/// Folders of packs, looked through in this order. What was fetched from a symbol server has a file
/// beside it that says so: see [`origin`].
#[derive(Clone, Debug, Default)]
pub struct Folders(pub Vec<PathBuf>);

impl PackStore for Folders {
    type Reader = FileReader;

    async fn open(&self, key: &Key) -> io::Result<Option<Opened<FileReader>>> {
        let Ok(place) = key.pack_place() else {
            return Ok(None);
        };
        for folder in &self.0 {
            let pack = folder.join(&place);
            match File::open(&pack) {
                Ok(file) => return Ok(Some(Opened::of_folder(file, origin::beside(&pack)))),
                Err(error) if is_absence(error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

impl Opened<FileReader> {
    fn of_folder(file: File, origin: Option<String>) -> Self {
        Self {
            reader: FileReader::new(file),
            origin,
            slow: false,
        }
    }
}

fn is_absence(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename
    )
}
