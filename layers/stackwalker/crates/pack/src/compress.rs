//! Compressing the blocks of a text on several threads, given on in the order of the pack.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::error::{PackError, Result};
use crate::frame::Encoder;
use crate::scan::Records;

/// Blocks compressed by one thread at a time.
const BATCH: usize = 64;

/// A batch of blocks, compressed: the length of each frame, the frames, and the bytes of text.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    pub(crate) lengths: Vec<u32>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: u64,
}

/// Compresses the blocks on `threads` threads and gives them on in `order`.
pub(crate) fn compress(
    source: &File,
    found: &Records,
    order: &[u32],
    level: i32,
    dictionary: &[u8],
    threads: usize,
    take: impl FnMut(Frames) -> io::Result<()>,
) -> Result<()> {
    let batches = order.len().div_ceil(BATCH);
    let start = || {
        let mut encoder = Encoder::new(level, dictionary)?;
        Ok(move |batch: usize| {
            let numbers = &order[batch * BATCH..order.len().min((batch + 1) * BATCH)];
            compress_batch(source, found, numbers, &mut encoder)
        })
    };
    spread(batches, threads, start, take)
}

fn compress_batch(
    source: &File,
    found: &Records,
    numbers: &[u32],
    encoder: &mut Encoder,
) -> Result<Frames> {
    let mut frames = Frames::default();
    let mut text = Vec::new();
    for &number in numbers {
        let number = number as usize;
        let start = number
            .checked_sub(1)
            .map_or(0, |before| found.cuts[before].end);
        let cut = &found.cuts[number];
        text.resize((cut.end - start) as usize, 0);
        source.read_exact_at(&mut text, start)?;
        let length = encoder.append(&mut frames.bytes, cut.kind, &text)?;
        frames.lengths.push(length);
        frames.text += text.len() as u64;
    }
    Ok(frames)
}

/// Has every batch worked on by one of the threads, each of which begins with `start`.
///
/// A thread that cannot begin, or that panics, is an error: no batch goes missing unnoticed.
fn spread<T: Send, W: FnMut(usize) -> Result<T>>(
    batches: usize,
    threads: usize,
    start: impl Fn() -> Result<W> + Sync,
    take: impl FnMut(T) -> io::Result<()>,
) -> Result<()> {
    let (threads, next) = (threads.max(1), AtomicUsize::new(0));
    thread::scope(|scope| {
        let (send, receive) = sync_channel(threads);
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (send, next, start) = (send.clone(), &next, &start);
                scope.spawn(move || work(batches, next, start(), &send))
            })
            .collect();
        drop(send);
        let taken = in_order(receive, take);
        let joined: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        let whole = taken? == batches && joined.iter().all(std::result::Result::is_ok);
        whole.then_some(()).ok_or_else(|| {
            PackError::Io(io::Error::other(
                "a thread that compresses gave up its work",
            ))
        })
    })
}

/// Sends each batch, or the one error after which there are none.
fn work<T>(
    batches: usize,
    next: &AtomicUsize,
    started: Result<impl FnMut(usize) -> Result<T>>,
    send: &SyncSender<(usize, Result<T>)>,
) {
    let mut work = match started {
        Ok(work) => work,
        Err(error) => {
            // Nobody receives any more: another error was first.
            let _ = send.send((0, Err(error)));
            return;
        }
    };
    loop {
        let batch = next.fetch_add(1, Ordering::Relaxed);
        if batch >= batches || send.send((batch, work(batch))).is_err() {
            return;
        }
    }
}

/// Gives batches on in their order, and counts them; the first error ends it.
fn in_order<T>(
    receive: Receiver<(usize, Result<T>)>,
    mut take: impl FnMut(T) -> io::Result<()>,
) -> Result<usize> {
    let mut waiting = BTreeMap::new();
    let mut wanted = 0;
    for (batch, done) in receive {
        waiting.insert(batch, done?);
        while let Some(done) = waiting.remove(&wanted) {
            take(done)?;
            wanted += 1;
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails() -> PackError {
        PackError::TooLarge("this test")
    }

    fn spread_over(
        start: impl Fn() -> Result<fn(usize) -> Result<usize>> + Sync,
    ) -> (Result<()>, Vec<usize>) {
        let mut taken = Vec::new();
        let done = spread(40, 3, start, |number| {
            taken.push(number);
            Ok(())
        });
        (done, taken)
    }

    #[test]
    fn batches_arrive_in_order() {
        let (done, taken) = spread_over(|| Ok(Ok));
        done.unwrap();
        assert!(taken.into_iter().eq(0..40));
    }

    #[test]
    fn a_thread_that_cannot_begin_is_an_error() {
        let begun = AtomicUsize::new(0);
        let (done, _) = spread_over(|| match begun.fetch_add(1, Ordering::Relaxed) {
            0 => Err(fails()),
            _ => Ok(Ok),
        });
        assert_eq!(done.unwrap_err().name(), "TooLarge");
    }

    #[test]
    fn a_batch_that_fails_is_an_error() {
        let (done, taken) =
            spread_over(|| Ok(|batch| if batch == 7 { Err(fails()) } else { Ok(batch) }));
        assert_eq!(done.unwrap_err().name(), "TooLarge");
        assert!(taken.len() <= 7 && taken.into_iter().enumerate().all(|(at, one)| at == one));
    }

    #[test]
    fn a_thread_that_panics_is_an_error() {
        let (done, taken) = spread_over(|| {
            Ok(|batch| match batch {
                39 => panic!("as a test wants it"),
                _ => Ok(batch),
            })
        });
        assert_eq!(done.unwrap_err().name(), "IoError");
        assert!(taken.into_iter().eq(0..39));
    }

    #[test]
    fn an_output_that_fails_ends_the_work() {
        let done = spread(
            40,
            3,
            || Ok(Ok),
            |_: usize| Err(io::ErrorKind::StorageFull.into()),
        );
        assert_eq!(done.unwrap_err().name(), "IoError");
    }
}
