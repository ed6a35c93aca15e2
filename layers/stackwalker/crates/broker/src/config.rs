//! What a broker is told: sources by scope, the cache's size, how it may ask.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// Version of the layout of the file.
const SCHEMA: u32 = 1;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("{} is not understood: {source}", path.display())]
    NotUnderstood {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The file is of another version.
    #[error("schema {0} is unknown (this program reads {SCHEMA})")]
    Schema(u32),
}

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    schema: u32,
    /// Where walkers' parents connect; a socket that is there already is replaced.
    pub socket: PathBuf,
    /// Sources of packs by scope, looked at in this order.
    pub scopes: BTreeMap<String, Vec<SourceConfig>>,
    /// What is kept.
    pub cache: CacheConfig,
    /// How sources are asked.
    #[serde(default)]
    pub requests: RequestConfig,
}

/// Where packs are.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SourceConfig {
    /// Below a prefix of a bucket, with the credentials of the environment or the role.
    S3 {
        /// Names it in figures and messages.
        name: String,
        /// The bucket.
        bucket: String,
        /// What keys begin with, without a slash at its end.
        prefix: String,
        /// The bucket's region.
        region: String,
        /// Another endpoint than AWS's own; plain HTTP is allowed there.
        endpoint: Option<String>,
    },
    /// Below an address. Redirects are not followed.
    Http {
        /// Names it in figures and messages.
        name: String,
        /// The address.
        url: String,
    },
    /// In a folder of this machine.
    Folder {
        /// Names it in figures and messages.
        name: String,
        /// The folder.
        path: PathBuf,
    },
}

/// What is kept, and for how long what is known is taken to hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheConfig {
    /// Where; it belongs to one broker at a time.
    pub folder: PathBuf,
    /// Bytes on disk at most; 0 to keep nothing there.
    pub disk_bytes: u64,
    /// Bytes in memory at most.
    pub memory_bytes: u64,
    /// Seconds until a pack that is known is asked about again.
    pub fresh_seconds: u64,
    /// Seconds until a pack that was not there is asked for again.
    pub absent_seconds: u64,
}

/// How sources are asked.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestConfig {
    /// Requests under way at the same time.
    pub at_once: usize,
    /// Until a connection must be there, in milliseconds.
    pub connect_milliseconds: u64,
    /// Until an answer must be whole, in milliseconds.
    pub timeout_milliseconds: u64,
    /// Tries after the first.
    pub retries: usize,
    /// Until no further try is made, in milliseconds.
    pub patience_milliseconds: u64,
}

impl Default for RequestConfig {
    fn default() -> Self {
        Self {
            at_once: 128,
            connect_milliseconds: 1_000,
            timeout_milliseconds: 10_000,
            retries: 5,
            patience_milliseconds: 15_000,
        }
    }
}

impl RequestConfig {
    /// Until a connection must be there.
    pub fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_milliseconds)
    }

    /// Until an answer must be whole.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_milliseconds)
    }

    /// Until no further try is made.
    pub fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_milliseconds)
    }
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let config: Self =
            serde_json::from_slice(&text).map_err(|source| ConfigError::NotUnderstood {
                path: path.to_owned(),
                source,
            })?;
        match config.schema {
            SCHEMA => Ok(config),
            other => Err(ConfigError::Schema(other)),
        }
    }
}
