//! One connection: its questions are answered side by side.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use moonwalk_broker_protocol::frame::{self, FrameError, LENGTHS};
use moonwalk_broker_protocol::{Ask, Question, Reason, Reply, Told, can_be_asked};
use moonwalk_pack_format::Key;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex, Semaphore};

use crate::figures::{Figure, Tally};
use crate::pack::Pack;
use crate::packs::{Opened, Packs};
use crate::source::Trouble;

/// Questions of one walk that are answered at the same time; further ones wait unread.
const AT_ONCE: usize = 256;
/// Packs that one walk can have open.
const MOST_PACKS: usize = 8192;

/// Reads the head of a frame; nothing if the connection has ended.
pub async fn read<T: DeserializeOwned>(from: &mut OwnedReadHalf) -> Result<Option<T>, FrameError> {
    let mut start = [0; LENGTHS];
    match from.read_exact(&mut start).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    };
    let (head, body) = frame::lengths(start)?;
    if body > 0 {
        return Err(FrameError::TooLong { head, body });
    }
    let mut bytes = vec![0; head];
    from.read_exact(&mut bytes).await?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// Sends a frame.
pub async fn write(
    to: &mut OwnedWriteHalf,
    head: &impl Serialize,
    body: &[u8],
    file: Option<&File>,
) -> Result<(), FrameError> {
    let opening = frame::opening(head, body.len())?;
    let mut sent = 0;
    if let Some(file) = file {
        let stream: &UnixStream = to.as_ref();
        let send = || frame::send_with(stream, &opening, file.as_fd());
        sent = stream.async_io(Interest::WRITABLE, send).await?;
    }
    to.write_all(&opening[sent..]).await?;
    to.write_all(body).await?;
    Ok(())
}

/// A walk's questions.
pub struct Walk {
    scope: String,
    packs: Arc<Packs>,
    tally: Tally,
    /// What was absent before this is looked for again.
    anew: Option<Instant>,
    open: Mutex<Vec<(Key, Opened)>>,
    /// The longest chain of requests whose end the walker knows.
    chain: AtomicU64,
}

/// An answer on its way.
struct Said {
    told: Told,
    body: Vec<u8>,
    file: Option<File>,
}

impl Said {
    fn only(told: Told) -> Self {
        Self {
            told,
            body: Vec::new(),
            file: None,
        }
    }

    fn failed(reason: Reason, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::only(Told::Failed { reason, message })
    }

    fn of(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::Changed => Self::failed(Reason::Changed, trouble.to_string()),
            _ => Self::failed(Reason::SourceFailed, trouble.to_string()),
        }
    }
}

impl Walk {
    /// Questions of a scope, counted for `tally`. If they are asked `anew`, no pack counts as absent
    /// for having been so before.
    pub fn new(scope: String, anew: bool, packs: Arc<Packs>, tally: Tally) -> Arc<Self> {
        Arc::new(Self {
            scope,
            packs,
            tally,
            anew: anew.then(Instant::now),
            open: Mutex::default(),
            chain: AtomicU64::new(0),
        })
    }

    /// Answers until the connection ends.
    ///
    /// # Errors
    /// What comes is no question.
    pub async fn serve(
        self: Arc<Self>,
        mut from: OwnedReadHalf,
        to: OwnedWriteHalf,
    ) -> Result<(), FrameError> {
        let to = Arc::new(Mutex::new(to));
        let room = Arc::new(Semaphore::new(AT_ONCE));
        while let Some(question) = read::<Question>(&mut from).await? {
            let (walk, to) = (self.clone(), to.clone());
            // Never closed, so that there is a permit in the end.
            let permit = room.clone().acquire_owned().await;
            let before = self.chain.load(Ordering::Relaxed);
            tokio::spawn(async move {
                let said = walk.counted(question.ask, before).await;
                let reply = Reply {
                    id: question.id,
                    told: said.told,
                };
                let mut to = to.lock().await;
                // Nobody is left to be told if this fails: the walker has ended.
                let _ = write(&mut to, &reply, &said.body, said.file.as_ref()).await;
                drop(permit);
            });
        }
        Ok(())
    }

    /// Answers a question that was asked when a chain of `before` requests had ended.
    async fn counted(&self, ask: Ask, before: u64) -> Said {
        let tally = self.tally.question();
        let said = self.answer(ask, &tally).await;
        if tally.rounds() > 0 {
            let chain = before + tally.rounds();
            tally.raise(Figure::Chain, chain);
            self.chain.fetch_max(chain, Ordering::Relaxed);
        }
        said
    }

    async fn answer(&self, ask: Ask, tally: &Tally) -> Said {
        match ask {
            Ask::Open {
                debug_file,
                debug_id,
                name,
            } => {
                let key = Key {
                    debug_file,
                    debug_id,
                    name,
                };
                self.open(key, tally).await
            }
            Ask::Read { pack, ranges } => match self.asked_of(pack, &ranges).await {
                Some((key, pack)) => self.said(&key, pack.read(&ranges, tally).await).await,
                None => bad_question(),
            },
            Ask::Damaged { pack } => match self.pack(pack).await {
                Some((key, _)) => match self.packs.damaged(&self.scope, &key).await {
                    true => Said::only(Told::Done),
                    false => {
                        Said::failed(Reason::SourceFailed, "the pack is damaged at its source")
                    }
                },
                None => bad_question(),
            },
        }
    }

    async fn open(&self, key: Key, tally: &Tally) -> Said {
        let opened = match self.packs.open(&self.scope, &key, self.anew, tally).await {
            Ok(Opened::Absent) => return Said::only(Told::Absent),
            Ok(opened) => opened,
            Err(trouble) => return Said::of(&trouble),
        };
        match self.describe(&opened, tally).await {
            Ok((size, origin, body, file)) => {
                let mut open = self.open.lock().await;
                if open.len() >= MOST_PACKS {
                    return Said::failed(Reason::BadQuestion, "too many packs are open");
                }
                open.push((key, opened));
                Said {
                    told: Told::Opened {
                        pack: (open.len() - 1) as u32,
                        size,
                        origin,
                        whole: file.is_some(),
                    },
                    body,
                    file,
                }
            }
            Err(trouble) => self.failed(&key, &trouble).await,
        }
    }

    async fn describe(&self, opened: &Opened, tally: &Tally) -> Result<Description, Trouble> {
        let cannot = |error: io::Error| Trouble::Failed(error.to_string());
        let pack = match opened {
            Opened::File(file) => {
                tally.add(Figure::WholePacks, 1);
                let size = file.metadata().map_err(cannot)?.len();
                let file = file.try_clone().map_err(cannot)?;
                return Ok((size, None, Vec::new(), Some(file)));
            }
            Opened::Pack(pack) => pack,
            Opened::Absent => return Err(Trouble::Absent),
        };
        if let Some(file) = pack.whole() {
            tally.add(Figure::WholePacks, 1);
            return Ok((pack.size(), pack.origin(), Vec::new(), Some(file)));
        }
        let end = pack.size().saturating_sub(TAIL)..pack.size();
        let body = pack.read(std::slice::from_ref(&end), tally).await?;
        Ok((pack.size(), pack.origin(), body, None))
    }

    async fn pack(&self, number: u32) -> Option<(Key, Opened)> {
        self.open.lock().await.get(number as usize).cloned()
    }

    /// The pack of a number, if it is in a store and these ranges can be asked for.
    async fn asked_of(&self, number: u32, ranges: &[Range<u64>]) -> Option<(Key, Arc<Pack>)> {
        match self.pack(number).await? {
            (key, Opened::Pack(pack)) if can_be_asked(ranges, pack.size()) => Some((key, pack)),
            _ => None,
        }
    }

    async fn said(&self, key: &Key, got: Result<Vec<u8>, Trouble>) -> Said {
        match got {
            Ok(body) => Said {
                body,
                ..Said::only(Told::Done)
            },
            Err(trouble) => self.failed(key, &trouble).await,
        }
    }

    async fn failed(&self, key: &Key, trouble: &Trouble) -> Said {
        self.tally.add(Figure::Failures, 1);
        if *trouble == Trouble::Changed {
            self.packs.forget(&self.scope, key).await;
        }
        Said::of(trouble)
    }
}

/// Bytes of a pack's end that go with the answer to its opening.
const TAIL: u64 = 64 << 10;

/// Size, origin, the pack's end, and the file where all of it is there.
type Description = (u64, Option<String>, Vec<u8>, Option<File>);

fn bad_question() -> Said {
    Said::failed(
        Reason::BadQuestion,
        "no such pack, or ranges that cannot be asked for",
    )
}
