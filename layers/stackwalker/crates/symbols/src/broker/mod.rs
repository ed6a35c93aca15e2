//! Packs of the symbol broker, over a connection that whoever started the walk has opened.

mod client;
mod ending;
mod reader;
#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)]
mod tests;

use std::collections::HashMap;
use std::fs::File;
use std::future::pending;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use moonwalk_broker_protocol::{Ask, Reason, Told};
use moonwalk_pack_format::{FileReader, Key, PackError};

use crate::broker::client::{Answer, Client};
use crate::broker::reader::Remote;
use crate::store::{Opened, PackStore, SourceFailed};

pub use crate::broker::reader::BrokerReader;

/// The packs of the broker at the other end of a connection.
pub struct Broker {
    client: Arc<Client>,
    /// The number of each pack that is open, by its key.
    numbers: Mutex<HashMap<String, u32>>,
}

impl Broker {
    /// Takes over a connection on which `Hello` was said.
    ///
    /// # Errors
    /// No thread can be started, or the descriptor not be duplicated.
    pub fn start(connection: UnixStream) -> io::Result<Self> {
        Ok(Self {
            client: Client::start(connection)?,
            numbers: Mutex::default(),
        })
    }

    fn opened(&self, key: &Key, answer: Answer) -> io::Result<Option<Opened<BrokerReader>>> {
        let Answer {
            told,
            body,
            descriptor,
        } = answer;
        match told {
            Told::Absent => Ok(None),
            Told::Failed {
                reason: Reason::SourceFailed,
                message,
            } => Err(SourceFailed(message).into()),
            // A dump chooses the names: one that the broker will not look for is nowhere.
            Told::Failed { .. } => Ok(None),
            Told::Opened {
                pack,
                size,
                origin,
                whole,
            } => {
                let reader = match (whole, descriptor) {
                    (true, Some(file)) => BrokerReader::Whole(FileReader::new(File::from(file))),
                    (false, None) if body.len() as u64 <= size => {
                        BrokerReader::Ranges(Remote::new(self.client.clone(), pack, size, body))
                    }
                    _ => {
                        return Err(self
                            .client
                            .violated("a pack that is opened in no known way"));
                    }
                };
                self.numbers().insert(key.to_string(), pack);
                Ok(Some(Opened {
                    slow: matches!(reader, BrokerReader::Ranges(_)),
                    reader,
                    origin,
                }))
            }
            Told::Done => Err(self
                .client
                .violated("a pack that is neither there nor absent")),
        }
    }

    fn numbers(&self) -> std::sync::MutexGuard<'_, HashMap<String, u32>> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PackStore for Broker {
    type Reader = BrokerReader;

    async fn open(&self, key: &Key) -> io::Result<Option<Opened<BrokerReader>>> {
        if key.pack_place().is_err() {
            return Ok(None);
        }
        let Key {
            debug_file,
            debug_id,
            name,
        } = key.clone();
        let ask = Ask::Open {
            debug_file,
            debug_id,
            name,
        };
        let answer = self.client.ask(ask).await?;
        self.opened(key, answer)
    }

    async fn unreadable(&self, key: &Key, error: &PackError) {
        if self.client.ending.is_there() {
            return pending().await;
        }
        let number = self.numbers().get(&key.to_string()).copied();
        // Another version of the format, or a source that fails, is no damage.
        let (Some(pack), true) = (number, is_damage(error)) else {
            return;
        };
        match self.client.ask(Ask::Damaged { pack }).await {
            // It was fetched anew before: that is how the source has it.
            Ok(Answer {
                told: Told::Failed { .. },
                ..
            }) => {}
            Ok(_) => {
                let why = format!("the pack of {key} was damaged and will be fetched again");
                self.client.ending.set(why);
                pending().await
            }
            Err(_) => pending().await,
        }
    }

    async fn interrupted(&self) -> String {
        self.client.ending.wait().await
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.client.close();
    }
}

fn is_damage(error: &PackError) -> bool {
    let version = matches!(
        error,
        PackError::ContainerVersion { .. } | PackError::IndexVersion { .. }
    );
    !version && SourceFailed::of(error).is_none()
}
