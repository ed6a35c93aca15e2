//! Frames: two lengths, a head of JSON, and a body of bytes; a descriptor may come with one.
//!
//! Lengths are 32 bits each, the least significant byte first, of the head and then of the body. A
//! descriptor comes with the first byte.

use std::io::{self, IoSlice, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::MAX_BYTES;

/// Bytes of a head at most: a question with all the ranges that it may have.
pub const MAX_HEAD: usize = 1 << 20;
/// Bytes of the two lengths.
pub const LENGTHS: usize = 8;

/// Why a frame cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The connection failed, or ended in the middle of a frame.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// A length beyond the limits.
    #[error("a frame of {head} and {body} bytes is too long")]
    TooLong {
        /// Bytes of its head.
        head: usize,
        /// Bytes of its body.
        body: usize,
    },
    /// The head is not what is expected here.
    #[error("a head that is not understood: {0}")]
    BadHead(#[from] serde_json::Error),
}

/// A frame as it came.
#[derive(Debug)]
pub struct Frame<T> {
    /// What it says.
    pub head: T,
    /// The bytes that go with it.
    pub body: Vec<u8>,
    /// The descriptor that came with it.
    pub descriptor: Option<OwnedFd>,
}

/// The lengths of a frame, within the limits.
///
/// # Errors
/// [`FrameError::TooLong`].
pub fn lengths(bytes: [u8; LENGTHS]) -> Result<(usize, usize), FrameError> {
    let [a, b, c, d, e, f, g, h] = bytes;
    let head = u32::from_le_bytes([a, b, c, d]) as usize;
    let body = u32::from_le_bytes([e, f, g, h]) as usize;
    if head > MAX_HEAD || body as u64 > MAX_BYTES {
        return Err(FrameError::TooLong { head, body });
    }
    Ok((head, body))
}

/// The bytes of a frame up to its body, which has `body` bytes.
///
/// # Errors
/// [`FrameError::TooLong`], or a head that JSON cannot express.
pub fn opening(head: &impl Serialize, body: usize) -> Result<Vec<u8>, FrameError> {
    let mut bytes = vec![0; LENGTHS];
    serde_json::to_writer(&mut bytes, head)?;
    let head = bytes.len() - LENGTHS;
    let too_long = FrameError::TooLong { head, body };
    if head > MAX_HEAD || body as u64 > MAX_BYTES {
        return Err(too_long);
    }
    bytes[..4].copy_from_slice(&(head as u32).to_le_bytes());
    bytes[4..LENGTHS].copy_from_slice(&(body as u32).to_le_bytes());
    Ok(bytes)
}

/// Reads a frame; nothing if the connection has ended.
///
/// # Errors
/// See [`FrameError`].
pub fn read<T: DeserializeOwned>(stream: &mut UnixStream) -> Result<Option<Frame<T>>, FrameError> {
    let mut start = [0; LENGTHS];
    let (got, descriptor) = receive(stream, &mut start)?;
    if got == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut start[got..])?;
    let (head, body) = lengths(start)?;
    let mut head = vec![0; head];
    stream.read_exact(&mut head)?;
    let mut body = vec![0; body];
    stream.read_exact(&mut body)?;
    Ok(Some(Frame {
        head: serde_json::from_slice(&head)?,
        body,
        descriptor,
    }))
}

fn receive(stream: &UnixStream, into: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let parts = &mut [IoSliceMut::new(into)];
    let message = recvmsg(stream, parts, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut descriptors = control.drain().filter_map(|control| match control {
        RecvAncillaryMessage::ScmRights(mut found) => found.next(),
        _ => None,
    });
    Ok((message.bytes, descriptors.next()))
}

/// Sends bytes, as many as the socket takes at once, with a descriptor.
///
/// # Errors
/// As the system says; `WouldBlock` from a socket that does not wait.
pub fn send_with(socket: impl AsFd, bytes: &[u8], descriptor: BorrowedFd<'_>) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let rights = [descriptor];
    if !control.push(SendAncillaryMessage::ScmRights(&rights)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let parts = [IoSlice::new(bytes)];
    Ok(sendmsg(socket, &parts, &mut control, SendFlags::NOSIGNAL)?)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;
    use crate::{Ask, Question};

    fn question() -> Question {
        let ranges = vec![0..5, 7..9];
        Question {
            id: 7,
            ask: Ask::Read { pack: 1, ranges },
        }
    }

    #[test]
    fn a_frame_comes_as_it_was_sent() {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let mut bytes = opening(&question(), 3).unwrap();
        bytes.extend_from_slice(b"abc");
        here.write_all(&bytes).unwrap();
        drop(here);
        let frame = read::<Question>(&mut there).unwrap().unwrap();
        assert_eq!(frame.head, question());
        assert_eq!(frame.body, b"abc");
        assert!(frame.descriptor.is_none());
        assert!(read::<Question>(&mut there).unwrap().is_none());
    }

    #[test]
    fn a_descriptor_comes_with_its_frame() {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"a pack").unwrap();
        let bytes = opening(&question(), 0).unwrap();
        here.write_all(&bytes).unwrap();
        let sent = send_with(&here, &bytes, file.as_fd()).unwrap();
        here.write_all(&bytes[sent..]).unwrap();
        let first = read::<Question>(&mut there).unwrap().unwrap();
        assert!(first.descriptor.is_none());
        let second = read::<Question>(&mut there).unwrap().unwrap();
        let file = File::from(second.descriptor.unwrap());
        let length = file.metadata().unwrap().len();
        assert_eq!(length, 6);
    }

    #[test]
    fn a_frame_that_claims_too_much_is_refused_before_memory_is_taken_for_it() {
        for lengths in [[0xFF; LENGTHS], [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]] {
            let (mut here, mut there) = UnixStream::pair().unwrap();
            here.write_all(&lengths).unwrap();
            let error = read::<Question>(&mut there).unwrap_err();
            assert!(matches!(error, FrameError::TooLong { .. }), "{error}");
        }
    }

    #[test]
    fn a_frame_that_ends_early_or_holds_something_else_is_refused_by_name() {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        here.write_all(&[9, 0, 0, 0, 0, 0, 0, 0, b'{']).unwrap();
        drop(here);
        let error = read::<Question>(&mut there).unwrap_err();
        assert!(matches!(error, FrameError::Io(_)), "{error}");
        let (mut here, mut there) = UnixStream::pair().unwrap();
        here.write_all(&opening(&"a word", 0).unwrap()).unwrap();
        let error = read::<Question>(&mut there).unwrap_err();
        assert!(matches!(error, FrameError::BadHead(_)), "{error}");
    }
}
