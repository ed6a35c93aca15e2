//! Questions to the broker, many at a time; a thread of its own takes the answers in.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use futures_channel::oneshot::{Sender, channel};
use moonwalk_broker_protocol::frame::{self, Frame};
use moonwalk_broker_protocol::{Ask, Question, Reason, Reply, Told};

use crate::broker::ending::Ending;

/// Stack of the thread that takes answers in; it needs little.
const STACK: usize = 256 * 1024;

/// What came back to a question.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) told: Told,
    pub(crate) body: Vec<u8>,
    pub(crate) descriptor: Option<OwnedFd>,
}

/// One connection.
pub(crate) struct Client {
    writing: Mutex<UnixStream>,
    waiting: Mutex<Waiting>,
    /// Once set, every question fails.
    pub(crate) ending: Ending,
}

/// Questions without an answer so far.
#[derive(Default)]
struct Waiting {
    asked: u64,
    senders: HashMap<u64, Sender<Answer>>,
}

impl Client {
    pub(crate) fn start(connection: UnixStream) -> io::Result<Arc<Self>> {
        let mut answers = connection.try_clone()?;
        let client = Arc::new(Self {
            writing: Mutex::new(connection),
            waiting: Mutex::default(),
            ending: Ending::default(),
        });
        let shared = client.clone();
        thread::Builder::new()
            .name("broker".to_owned())
            .stack_size(STACK)
            .spawn(move || shared.take_in(&mut answers))?;
        Ok(client)
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&self, ask: Ask) -> io::Result<Answer> {
        let (sender, answer) = channel();
        let id = {
            let mut waiting = self.waiting();
            waiting.asked += 1;
            let id = waiting.asked;
            waiting.senders.insert(id, sender);
            id
        };
        if let Err(error) = self.send(&Question { id, ask }) {
            self.end(format!("the broker cannot be asked: {error}"));
        }
        // After the end nobody takes answers in.
        if self.ending.is_there() {
            return Err(ended());
        }
        answer.await.map_err(|_| ended())
    }

    /// Ends the connection, since the broker said what it must not.
    pub(crate) fn violated(&self, what: &str) -> io::Error {
        self.end(format!("the broker sent {what}"));
        ended()
    }

    /// Has the thread end as well.
    pub(crate) fn close(&self) {
        let connection = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // It may be over already.
        let _ = connection.shutdown(Shutdown::Both);
    }

    fn send(&self, question: &Question) -> io::Result<()> {
        let bytes = frame::opening(question, 0).map_err(io::Error::other)?;
        let mut connection = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        connection.write_all(&bytes)
    }

    fn take_in(&self, answers: &mut UnixStream) {
        let why = loop {
            match frame::read::<Reply>(answers) {
                Ok(Some(frame)) => {
                    if let Err(why) = self.hand_over(frame) {
                        break why;
                    }
                }
                Ok(None) => break "the broker has gone away".to_owned(),
                Err(error) => break format!("the broker cannot be understood: {error}"),
            }
        };
        self.end(why);
    }

    fn hand_over(&self, frame: Frame<Reply>) -> Result<(), String> {
        let Reply { id, told } = frame.head;
        if let Told::Failed {
            reason: Reason::Changed,
            message,
        } = told
        {
            return Err(format!("a pack was replaced meanwhile: {message}"));
        }
        let sender = self.waiting().senders.remove(&id);
        let sender = sender.ok_or_else(|| format!("the broker answered {id}, not asked"))?;
        // Nobody waits any more for what was given up.
        let _ = sender.send(Answer {
            told,
            body: frame.body,
            descriptor: frame.descriptor,
        });
        Ok(())
    }

    /// Remembers why, and lets everybody who waits know.
    fn end(&self, why: String) {
        self.ending.set(why);
        self.waiting().senders.clear();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ended() -> io::Error {
    io::Error::new(
        io::ErrorKind::ConnectionAborted,
        "the connection to the broker is over",
    )
}
