//! A broker played by hand: what it may say in any order, and what it must not say.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;

use futures_executor::block_on;
use futures_util::future::{Either, join3, select};
use moonwalk_broker_protocol::frame::{self, opening, send_with};
use moonwalk_broker_protocol::{Question, Reply};
use moonwalk_pack_format::RangeReader;

use super::*;

fn key(name: &str) -> Key {
    Key {
        debug_file: name.to_owned(),
        debug_id: "1".to_owned(),
        name: format!("{name}.sym"),
    }
}

/// The client, and a broker that does what `play` does.
fn against(play: impl FnOnce(&mut UnixStream) + Send + 'static) -> Broker {
    let (here, mut there) = UnixStream::pair().unwrap();
    thread::spawn(move || play(&mut there));
    Broker::start(here).unwrap()
}

fn question(stream: &mut UnixStream) -> Question {
    frame::read::<Question>(stream).unwrap().unwrap().head
}

fn reply(stream: &mut UnixStream, id: u64, told: Told, body: &[u8]) {
    let mut bytes = opening(&Reply { id, told }, body.len()).unwrap();
    bytes.extend_from_slice(body);
    stream.write_all(&bytes).unwrap();
}

fn opened(pack: u32, size: u64, whole: bool) -> Told {
    Told::Opened {
        pack,
        size,
        origin: None,
        whole,
    }
}

fn failed(reason: Reason) -> Told {
    Told::Failed {
        reason,
        message: "as the test wants it".to_owned(),
    }
}

/// Plays a broker that opens a pack of 10 bytes with this tail, then gives one answer.
fn after_opening(tail: &'static [u8], told: Told, body: &'static [u8]) -> Broker {
    against(move |stream| {
        let id = question(stream).id;
        reply(stream, id, opened(7, 10, false), tail);
        let id = question(stream).id;
        reply(stream, id, told, body);
        // Until the client leaves.
        let _ = frame::read::<Question>(stream);
    })
}

fn reader(broker: &Broker) -> BrokerReader {
    let opened = block_on(broker.open(&key("a"))).unwrap().unwrap();
    opened.reader
}

/// What ends the walk that does `work`.
fn ending(broker: &Broker, work: impl Future) -> String {
    block_on(async {
        let work = std::pin::pin!(work);
        match select(std::pin::pin!(broker.interrupted()), work).await {
            Either::Left((why, _)) => why,
            Either::Right(_) => broker.interrupted().await,
        }
    })
}

#[test]
fn answers_find_their_questions_in_any_order() {
    let broker = against(|stream| {
        let mut asked: Vec<_> = (0..3).map(|_| question(stream)).collect();
        asked.reverse();
        for Question { id, ask } in asked {
            let Ask::Open { debug_file, .. } = ask else {
                panic!("only packs are asked for")
            };
            let size = debug_file.len() as u64;
            reply(
                stream,
                id,
                opened(id as u32, size, false),
                debug_file.as_bytes(),
            );
        }
        let _ = frame::read::<Question>(stream);
    });
    let keys = ["a", "bb", "ccc"].map(key);
    let [one, two, three] = &keys;
    let all = block_on(join3(
        broker.open(one),
        broker.open(two),
        broker.open(three),
    ));
    for (opened, name) in [(all.0, "a"), (all.1, "bb"), (all.2, "ccc")] {
        let opened = opened.unwrap().unwrap();
        let tail = block_on(opened.reader.suffix(100)).unwrap();
        assert_eq!(tail, (name.as_bytes().to_vec(), name.len() as u64));
    }
}

#[test]
fn what_came_with_the_opening_is_not_asked_for_again() {
    let broker = after_opening(b"56789", Told::Done, b"012");
    let reader = reader(&broker);
    assert_eq!(block_on(reader.suffix(2)).unwrap().0, b"89");
    let read = block_on(reader.ranges(&[6..8, 0..3, 5..10])).unwrap();
    assert_eq!(read, [&b"67"[..], b"012", b"56789"]);
    let cost = reader.cost();
    assert_eq!((cost.reads, cost.bytes), (2, 8));
}

#[test]
fn a_whole_pack_is_read_from_its_descriptor() {
    let broker = against(|stream| {
        let id = question(stream).id;
        let path = std::env::current_exe().unwrap();
        let file = std::fs::File::open(path).unwrap();
        let size = file.metadata().unwrap().len();
        let told = opened(0, size, true);
        let bytes = opening(&Reply { id, told }, 0).unwrap();
        let sent = send_with(&*stream, &bytes, std::os::fd::AsFd::as_fd(&file)).unwrap();
        stream.write_all(&bytes[sent..]).unwrap();
        let _ = frame::read::<Question>(stream);
    });
    let opened = block_on(broker.open(&key("a"))).unwrap().unwrap();
    assert!(!opened.slow);
    let read = block_on(opened.reader.ranges(&[1..4])).unwrap();
    assert_eq!(read, [b"ELF"]);
}

#[test]
fn a_name_without_a_place_is_not_asked_about() {
    let broker = against(|stream| assert!(frame::read::<Question>(stream).unwrap().is_none()));
    let found = block_on(broker.open(&key(".."))).unwrap();
    assert!(found.is_none());
}

#[test]
fn a_source_that_fails_is_told_from_one_that_has_nothing() {
    let broker = against(|stream| {
        for told in [
            Told::Absent,
            failed(Reason::BadQuestion),
            failed(Reason::SourceFailed),
        ] {
            let id = question(stream).id;
            reply(stream, id, told, b"");
        }
        let _ = frame::read::<Question>(stream);
    });
    for _ in 0..2 {
        assert!(block_on(broker.open(&key("a"))).unwrap().is_none());
    }
    let error = PackError::from(block_on(broker.open(&key("a"))).err().unwrap());
    assert_eq!(SourceFailed::of(&error), Some("as the test wants it"));
    // It is no damage, so nothing more is asked.
    block_on(broker.unreadable(&key("a"), &error));
}

#[test]
fn a_connection_that_ends_fails_all_questions_and_ends_the_walk() {
    let broker = against(|stream| drop(question(stream)));
    let error = block_on(broker.open(&key("a"))).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    assert_eq!(ending(&broker, pending::<()>()), "the broker has gone away");
    assert!(block_on(broker.open(&key("b"))).is_err());
}

#[test]
fn a_pack_that_was_replaced_ends_the_walk() {
    let broker = after_opening(b"", failed(Reason::Changed), b"");
    let reader = reader(&broker);
    let why = ending(&broker, reader.ranges(&[0..3]));
    assert_eq!(why, "a pack was replaced meanwhile: as the test wants it");
}

#[test]
fn what_the_protocol_does_not_allow_ends_the_walk() {
    for (told, body) in [
        (Told::Done, &b"too long"[..]),
        (Told::Absent, b""),
        (failed(Reason::BadQuestion), b""),
    ] {
        let broker = after_opening(b"", told, body);
        let reader = reader(&broker);
        let why = ending(&broker, reader.ranges(&[0..3]));
        assert!(why.contains("in place of bytes"), "{why}");
    }
    for (told, body) in [
        (Told::Done, &b""[..]),
        (opened(0, 3, true), b""),
        (opened(0, 3, false), b"more than it has"),
    ] {
        let broker = against(move |stream| {
            let id = question(stream).id;
            reply(stream, id, told, body);
            let _ = frame::read::<Question>(stream);
        });
        let why = ending(&broker, async { drop(broker.open(&key("a")).await) });
        assert!(why.starts_with("the broker sent a pack that is"), "{why}");
    }
}

#[test]
fn answers_to_nothing_and_answers_that_are_none_end_the_walk() {
    let broker = against(|stream| reply(stream, 99, Told::Done, b""));
    let why = ending(&broker, pending::<()>());
    assert_eq!(why, "the broker answered 99, not asked");
    let broker = against(|stream| stream.write_all(&[0xFF; 8]).unwrap());
    let why = ending(&broker, pending::<()>());
    assert!(why.starts_with("the broker cannot be understood"), "{why}");
}

fn damage() -> PackError {
    PackError::Damaged {
        what: "checksum of a frame",
        offset: 3,
    }
}

#[test]
fn a_damaged_pack_is_reported_and_ends_the_walk() {
    let broker = against(|stream| {
        let id = question(stream).id;
        reply(stream, id, opened(7, 10, false), b"");
        let Question { id, ask } = question(stream);
        assert_eq!(ask, Ask::Damaged { pack: 7 });
        reply(stream, id, Told::Done, b"");
        let _ = frame::read::<Question>(stream);
    });
    drop(reader(&broker));
    let error = damage();
    let why = ending(&broker, broker.unreadable(&key("a"), &error));
    assert_eq!(
        why,
        "the pack of a/1/a.sym was damaged and will be fetched again"
    );
}

#[test]
fn a_pack_that_its_source_has_damaged_is_one_that_cannot_be_read() {
    let broker = after_opening(b"", failed(Reason::SourceFailed), b"");
    drop(reader(&broker));
    block_on(broker.unreadable(&key("a"), &damage()));
    assert!(!broker.client.ending.is_there());
}

#[test]
fn the_thread_ends_with_its_client() {
    let (here, mut there) = UnixStream::pair().unwrap();
    let broker = Broker::start(here).unwrap();
    let client = Arc::downgrade(&broker.client);
    drop(broker);
    assert!(frame::read::<Question>(&mut there).unwrap().is_none());
    while client.upgrade().is_some() {
        thread::yield_now();
    }
}
