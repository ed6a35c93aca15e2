//! Where packs come from.

mod client;
mod remote;

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use object_store::aws::AmazonS3Builder;
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};
use tokio::sync::Semaphore;

use crate::config::{RequestConfig, SourceConfig};
pub use remote::{End, Remote, Trouble};

/// A place that may have packs.
#[derive(Debug)]
pub enum Source {
    /// A folder of this machine.
    Folder(Folder),
    /// Something that is asked over a network.
    Store(Arc<Store>),
}

/// A folder of this machine.
#[derive(Debug)]
pub struct Folder {
    name: String,
    path: PathBuf,
}

/// Something that is asked over a network.
#[derive(Debug)]
pub struct Store {
    /// Names it.
    pub name: String,
    /// How much was asked of it.
    pub asked: Asked,
    store: Arc<dyn ObjectStore>,
    prefix: String,
    gate: Arc<Semaphore>,
}

/// How much was asked of a source.
#[derive(Debug, Default)]
pub struct Asked {
    /// Requests, each with all its tries.
    pub requests: AtomicU64,
    /// Bytes that came of them.
    pub bytes: AtomicU64,
    /// Requests that failed after all tries.
    pub failures: AtomicU64,
}

impl Source {
    /// A source as configured; all sources share `gate`, which holds one permit for each request
    /// that may be under way.
    ///
    /// # Errors
    /// The configuration cannot be: an address that is none, for example.
    pub fn new(
        config: &SourceConfig,
        requests: &RequestConfig,
        gate: &Arc<Semaphore>,
    ) -> Result<Self, object_store::Error> {
        let store = |name: &String, prefix: &str, store| {
            Self::Store(Arc::new(Store {
                name: name.clone(),
                asked: Asked::default(),
                store,
                prefix: prefix.to_owned(),
                gate: gate.clone(),
            }))
        };
        Ok(match config {
            SourceConfig::Folder { name, path } => Self::Folder(Folder {
                name: name.clone(),
                path: path.clone(),
            }),
            SourceConfig::Http { name, url } => {
                let built = HttpBuilder::new()
                    .with_url(url)
                    .with_http_connector(client::Connector::new(requests))
                    .with_retry(retries(requests))
                    .build()?;
                store(name, "", Arc::new(built))
            }
            SourceConfig::S3 {
                name,
                bucket,
                prefix,
                region,
                endpoint,
            } => {
                let mut builder = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .with_region(region)
                    .with_http_connector(client::Connector::new(requests))
                    .with_retry(retries(requests));
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(true);
                }
                store(name, prefix, Arc::new(builder.build()?))
            }
        })
    }
}

impl Store {
    /// The pack at a place below the source's root; nothing if no object can have that name.
    pub fn at(self: &Arc<Self>, place: &str) -> Option<Remote> {
        let path = match self.prefix.as_str() {
            "" => Path::parse(place),
            prefix => Path::parse(format!("{prefix}/{place}")),
        };
        let path = path.ok()?;
        Some(Remote::new(self.clone(), path))
    }

    /// Names what stands at a place, for the cache.
    pub fn location(&self, place: &str) -> String {
        format!("{} {}/{place}", self.store, self.prefix)
    }
}

impl Folder {
    /// The pack at a place; nothing if it is not there.
    ///
    /// # Errors
    /// It cannot be told, or the file not be opened.
    pub fn open(&self, place: &str) -> Result<Option<File>, Trouble> {
        match File::open(self.path.join(place)) {
            Ok(file) => Ok(Some(file)),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::InvalidFilename => Ok(None),
                _ => Err(Trouble::Failed(format!("{}: {error}", self.name))),
            },
        }
    }
}

/// Exponential, with jitter: that is what the library does between these bounds.
fn retries(requests: &RequestConfig) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: requests.connect() / 10,
            max_backoff: requests.patience() / 4,
            base: 2.0,
        },
        max_retries: requests.retries,
        retry_timeout: requests.patience(),
    }
}
