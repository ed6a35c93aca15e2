//! The connection to the broker that the parent leaves to this process.

use std::os::fd::{BorrowedFd, FromRawFd, RawFd};
use std::os::unix::net::UnixStream;

use rustix::io::fcntl_getfd;
use rustix::net::{AddressFamily, SocketType, getpeername, sockopt};

/// Takes over a descriptor; what is wrong with it if it is no connection.
pub fn inherited(descriptor: RawFd) -> Result<UnixStream, String> {
    // SAFETY: it is borrowed only to be looked at, and the kernel refuses one that is not open.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    let is_stream = fcntl_getfd(borrowed).is_ok()
        && sockopt::socket_type(borrowed) == Ok(SocketType::STREAM)
        && sockopt::socket_domain(borrowed) == Ok(AddressFamily::UNIX)
        && getpeername(borrowed).is_ok();
    if !is_stream {
        return Err(format!(
            "is given {descriptor}, which is no connected stream socket of this machine"
        ));
    }
    // SAFETY: it is open, and nothing else in this process knows of it: the command line is read
    // once, before anything is opened.
    Ok(unsafe { UnixStream::from_raw_fd(descriptor) })
}
