//! Reading a pack of the broker: by range over the connection, or by itself where it came whole.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::try_join_all;
use moonwalk_broker_protocol::{Ask, MAX_BYTES, MAX_RANGES, Reason, Told};
use moonwalk_pack_format::{FileReader, RangeReader, ReadCost};

use crate::broker::client::{Answer, Client};
use crate::store::SourceFailed;

/// A pack of the broker.
pub enum BrokerReader {
    /// It came as a file.
    Whole(FileReader),
    /// The broker reads it.
    Ranges(Remote),
}

/// A pack that the broker reads.
pub struct Remote {
    client: Arc<Client>,
    pack: u32,
    size: u64,
    /// The end of the pack, which came when it was opened.
    tail: Vec<u8>,
    reads: AtomicU64,
    bytes: AtomicU64,
}

impl Remote {
    /// The opening counts as one read. `tail` is no longer than the pack.
    pub(crate) fn new(client: Arc<Client>, pack: u32, size: u64, tail: Vec<u8>) -> Self {
        Self {
            client,
            pack,
            size,
            reads: AtomicU64::new(1),
            bytes: AtomicU64::new(tail.len() as u64),
            tail,
        }
    }

    fn of_tail(&self, range: &Range<u64>) -> Option<&[u8]> {
        let start = self.size - self.tail.len() as u64;
        let from = usize::try_from(range.start.checked_sub(start)?).ok()?;
        let to = usize::try_from(range.end.checked_sub(start)?).ok()?;
        self.tail.get(from..to)
    }

    /// The bytes of ranges that are not in the tail, one after the other.
    async fn ask_for(&self, wanted: &[Range<u64>]) -> io::Result<Vec<u8>> {
        let questions = questions(wanted).into_iter();
        let answers = questions.map(|ranges| async {
            let length: u64 = ranges.iter().map(|range| range.end - range.start).sum();
            let pack = self.pack;
            let answer = self.client.ask(Ask::Read { pack, ranges }).await?;
            self.body(answer, length)
        });
        let mut answers = try_join_all(answers).await?;
        Ok(match answers.len() {
            1 => answers.swap_remove(0),
            _ => answers.concat(),
        })
    }

    fn body(&self, answer: Answer, length: u64) -> io::Result<Vec<u8>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes
            .fetch_add(answer.body.len() as u64, Ordering::Relaxed);
        match answer.told {
            Told::Done if answer.body.len() as u64 == length => Ok(answer.body),
            Told::Failed {
                reason: Reason::SourceFailed,
                message,
            } => Err(SourceFailed(message).into()),
            told => Err(self.client.violated(&format!("{told:?} in place of bytes"))),
        }
    }
}

impl RangeReader for Remote {
    async fn suffix(&self, length: u64) -> io::Result<(Vec<u8>, u64)> {
        let range = self.size.saturating_sub(length)..self.size;
        let mut read = self.ranges(std::slice::from_ref(&range)).await?;
        Ok((read.swap_remove(0), self.size))
    }

    async fn ranges(&self, wanted: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        let far: Vec<Range<u64>> = wanted
            .iter()
            .filter(|range| self.of_tail(range).is_none())
            .cloned()
            .collect();
        let bytes = self.ask_for(&far).await?;
        let mut rest = &bytes[..];
        let read = wanted.iter().map(|range| match self.of_tail(range) {
            Some(bytes) => bytes.to_vec(),
            None => {
                let (bytes, after) = rest.split_at((range.end - range.start) as usize);
                rest = after;
                bytes.to_vec()
            }
        });
        Ok(read.collect())
    }

    fn cost(&self) -> ReadCost {
        ReadCost {
            reads: self.reads.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            nanoseconds: 0,
        }
    }
}

impl RangeReader for BrokerReader {
    async fn suffix(&self, length: u64) -> io::Result<(Vec<u8>, u64)> {
        match self {
            Self::Whole(file) => file.suffix(length).await,
            Self::Ranges(remote) => remote.suffix(length).await,
        }
    }

    async fn ranges(&self, wanted: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        match self {
            Self::Whole(file) => file.ranges(wanted).await,
            Self::Ranges(remote) => remote.ranges(wanted).await,
        }
    }

    fn cost(&self) -> ReadCost {
        match self {
            Self::Whole(file) => file.cost(),
            Self::Ranges(remote) => remote.cost(),
        }
    }
}

/// Ranges in as few questions as the protocol allows; the bytes of all, one after the other, are
/// those of the ranges.
fn questions(wanted: &[Range<u64>]) -> Vec<Vec<Range<u64>>> {
    let mut questions = Vec::new();
    let (mut ranges, mut left) = (Vec::new(), MAX_BYTES);
    for range in wanted {
        let mut start = range.start;
        while start < range.end {
            if left == 0 || ranges.len() == MAX_RANGES {
                questions.push(std::mem::take(&mut ranges));
                left = MAX_BYTES;
            }
            let end = range.end.min(start + left);
            left -= end - start;
            ranges.push(start..end);
            start = end;
        }
    }
    if !ranges.is_empty() {
        questions.push(ranges);
    }
    questions
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_asked_for_in_one_question_if_they_fit() {
        assert_eq!(questions(&[0..10, 90..95]), [vec![0..10, 90..95]]);
        assert!(questions(&[]).is_empty());
        assert!(questions(&[7..7]).is_empty());
    }

    #[test]
    fn what_is_too_much_for_one_question_is_asked_in_several() {
        let asked = questions(&[0..10, 100..100 + MAX_BYTES]);
        let cut = 90 + MAX_BYTES;
        assert_eq!(asked, [vec![0..10, 100..cut], vec![cut..cut + 10]]);
        let many: Vec<_> = (0..MAX_RANGES as u64 + 1)
            .map(|at| at * 9..at * 9 + 1)
            .collect();
        let asked = questions(&many);
        assert_eq!(asked[1], [many[MAX_RANGES].clone()]);
        assert!(asked.concat() == many);
    }
}
