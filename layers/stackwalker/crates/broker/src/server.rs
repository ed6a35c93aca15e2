//! The socket, and the end: with the process that started this one.

use std::fs;
use std::io;
use std::sync::Arc;

use moonwalk_broker_protocol::frame::FrameError;
use moonwalk_broker_protocol::{Hello, Role, VERSION};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tracing::warn;

use crate::cache::{Cache, Disk, DiskError};
use crate::config::Config;
use crate::connection::{Walk, read, write};
use crate::figures::Figures;
use crate::packs::Packs;

/// Why a broker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The cache's folder cannot be used.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A source cannot be.
    #[error("a source cannot be used: {0}")]
    Source(#[from] object_store::Error),
    /// The socket cannot be made, or the system refuses something else.
    #[error("cannot listen: {0}")]
    Io(#[from] io::Error),
}

struct Broker {
    packs: Arc<Packs>,
    cache: Arc<Cache>,
    figures: Figures,
}

/// Serves until standard input ends or SIGTERM comes. A line on standard output tells that it
/// listens.
///
/// # Errors
/// See [`StartError`].
pub fn run(config: Config) -> Result<(), StartError> {
    // Fails only if there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let disk = Disk::open(&config.cache.folder, config.cache.disk_bytes)?;
    let cache = Arc::new(Cache::new(config.cache.memory_bytes, disk));
    let broker = Arc::new(Broker {
        packs: Arc::new(Packs::new(&config, cache.clone())?),
        cache,
        figures: Figures::default(),
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(serve(&config, broker))?;
    // A read of standard input cannot be ended, and needs not.
    runtime.shutdown_background();
    Ok(())
}

async fn serve(config: &Config, broker: Arc<Broker>) -> Result<(), StartError> {
    match fs::remove_file(&config.socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(&config.socket)?;
    let mut terminated = signal(SignalKind::terminate())?;
    println!("{}", json!({"listening": config.socket}));
    tokio::select! {
        result = accept(listener, broker) => result?,
        _ = terminated.recv() => {}
        () = parent_ended() => {}
    }
    // Gone already is as good.
    let _ = fs::remove_file(&config.socket);
    Ok(())
}

async fn accept(listener: UnixListener, broker: Arc<Broker>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let broker = broker.clone();
        tokio::spawn(async move {
            if let Err(error) = broker.attend(stream).await {
                warn!("BadConnection - {error}");
            }
        });
    }
}

impl Broker {
    async fn attend(&self, stream: UnixStream) -> Result<(), FrameError> {
        let (mut from, mut to) = stream.into_split();
        let Some(hello) = read::<Hello>(&mut from).await? else {
            return Ok(());
        };
        if hello.version != VERSION {
            warn!("BadConnection - version {} is unknown", hello.version);
            return Ok(());
        }
        match hello.role {
            Role::Figures { walk } => write(&mut to, &self.tell(walk), &[], None).await,
            Role::Walk { walk, scope, anew } if self.packs.has_scope(&scope) => {
                let tally = self.figures.tally(&walk);
                let walk = Walk::new(scope, anew, self.packs.clone(), tally);
                walk.serve(from, to).await
            }
            Role::Walk { scope, .. } => {
                warn!("BadConnection - there is no scope {scope:?}");
                Ok(())
            }
        }
    }

    fn tell(&self, walk: Option<String>) -> Value {
        match walk {
            Some(walk) => self.figures.of_walk(&walk).into(),
            None => json!({
                "walks": self.figures.of_all(),
                "sources": self.packs.asked(),
                "disk": self.cache.usage(),
                "memory_bytes": self.cache.memory_bytes(),
            }),
        }
    }
}

/// Waits until whoever started this process has ended, or closed its end of the pipe.
async fn parent_ended() {
    let mut input = tokio::io::stdin();
    let mut byte = [0; 1];
    while let Ok(1..) = input.read(&mut byte).await {}
}
