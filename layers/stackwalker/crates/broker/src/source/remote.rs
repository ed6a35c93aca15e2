//! One pack in a store: its end, and its bytes by range, of one version only.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Attribute, Error, GetOptions, GetRange, GetResult};

use super::Store;

/// The metadata of a pack that names the symbol server its text came from.
const ORIGIN: Attribute = Attribute::Metadata(std::borrow::Cow::Borrowed("moonwalk-origin"));

/// Why there are no bytes.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Trouble {
    /// The store has no such pack.
    #[error("it is not there")]
    Absent,
    /// It is the one that is known already.
    #[error("it is the same as before")]
    Same,
    /// It is another one than was asked for.
    #[error("it was replaced meanwhile")]
    Changed,
    /// The store failed, after all tries.
    #[error("{0}")]
    Failed(String),
}

/// The end of a pack, and what the store says of the whole.
#[derive(Clone, Debug)]
pub struct End {
    /// Length of the pack, in bytes.
    pub size: u64,
    /// Where the bytes begin.
    pub start: u64,
    /// The bytes, up to the pack's end.
    pub bytes: Bytes,
    /// Tells versions apart.
    pub etag: String,
    /// The symbol server that the text came from.
    pub origin: Option<String>,
}

/// One pack in a store.
#[derive(Clone, Debug)]
pub struct Remote {
    store: Arc<Store>,
    path: Path,
}

impl Remote {
    pub(super) fn new(store: Arc<Store>, path: Path) -> Self {
        Self { store, path }
    }

    /// The last `length` bytes, or all if there are fewer.
    ///
    /// # Errors
    /// [`Trouble::Same`] if the pack has still the ETag `known`; see [`Trouble`].
    pub async fn end(&self, length: u64, known: Option<&str>) -> Result<End, Trouble> {
        let options = GetOptions {
            range: Some(GetRange::Suffix(length)),
            if_none_match: known.map(str::to_owned),
            ..GetOptions::default()
        };
        let (result, bytes) = self.get(options).await?;
        let end = End {
            size: result.size,
            start: result.start,
            bytes,
            etag: result.etag.unwrap_or_default(),
            origin: result.origin,
        };
        match end.start + end.bytes.len() as u64 == end.size {
            true => Ok(end),
            false => Err(Trouble::Failed("an answer that is cut short".into())),
        }
    }

    /// The bytes of a range of the version with this ETag.
    ///
    /// # Errors
    /// [`Trouble::Changed`] if there is another version; see [`Trouble`].
    pub async fn range(&self, range: Range<u64>, etag: &str) -> Result<Bytes, Trouble> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            // A server without ETags has none to compare; the length is compared all the same.
            if_match: (!etag.is_empty()).then(|| etag.to_owned()),
            ..GetOptions::default()
        };
        let (result, bytes) = self.get(options).await.map_err(|trouble| match trouble {
            Trouble::Absent => Trouble::Changed,
            other => other,
        })?;
        if result.etag.unwrap_or_default() != etag {
            return Err(Trouble::Changed);
        }
        match bytes.len() as u64 == range.end - range.start {
            true => Ok(bytes),
            false => Err(Trouble::Failed("an answer that is cut short".into())),
        }
    }

    async fn get(&self, options: GetOptions) -> Result<(Said, Bytes), Trouble> {
        // The gate is never closed.
        let _permit = self.store.gate.acquire().await;
        let asked = &self.store.asked;
        asked.requests.fetch_add(1, Ordering::Relaxed);
        let got = self.collect(options).await;
        match &got {
            Ok((_, bytes)) => asked.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed),
            Err(Trouble::Failed(_)) => asked.failures.fetch_add(1, Ordering::Relaxed),
            Err(_) => 0,
        };
        got
    }

    async fn collect(&self, options: GetOptions) -> Result<(Said, Bytes), Trouble> {
        let trouble = |error| trouble(&self.store.name, error);
        let store = &self.store.store;
        let result = store.get_opts(&self.path, options).await.map_err(trouble)?;
        let said = Said::of(&result);
        let bytes = result.bytes().await.map_err(trouble)?;
        Ok((said, bytes))
    }
}

struct Said {
    size: u64,
    start: u64,
    etag: Option<String>,
    origin: Option<String>,
}

impl Said {
    fn of(result: &GetResult) -> Self {
        let origin = result.attributes.get(&ORIGIN);
        Self {
            size: result.meta.size,
            start: result.range.start,
            etag: result.meta.e_tag.clone(),
            origin: origin.map(|value| value.to_string()),
        }
    }
}

fn trouble(source: &str, error: Error) -> Trouble {
    match error {
        Error::NotFound { .. } => Trouble::Absent,
        Error::NotModified { .. } => Trouble::Same,
        Error::Precondition { .. } => Trouble::Changed,
        other => Trouble::Failed(format!("{source}: {other}")),
    }
}
