//! A child that is confined tries each thing that it must not be able to do.

mod child;

use std::ffi::c_long;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::ptr::null_mut;
use std::thread;

use child::{fares, no_opening};
use moonwalk_seclusion::allow_few_calls;

fn call(number: c_long, arguments: [c_long; 5]) -> io::Result<()> {
    let [a, b, c, d, e] = arguments;
    // SAFETY: what is called here is refused, or does no harm with numbers and null.
    match unsafe { libc::syscall(number, a, b, c, d, e) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[track_caller]
fn is_refused(attempt: impl Fn() -> io::Result<()>) {
    assert_eq!(
        fares(allow_few_calls, &attempt),
        libc::EPERM,
        "after the first filter"
    );
    assert_eq!(
        fares(no_opening, &attempt),
        libc::EPERM,
        "after the second filter"
    );
}

#[test]
fn no_socket_is_made() {
    is_refused(|| TcpStream::connect("127.0.0.1:9").map(drop));
    is_refused(|| TcpListener::bind("127.0.0.1:0").map(drop));
    is_refused(|| UdpSocket::bind("127.0.0.1:0").map(drop));
    is_refused(|| UnixStream::pair().map(drop));
    is_refused(|| UnixStream::connect("/nowhere").map(drop));
}

#[test]
fn a_socket_that_is_open_is_not_bound_connected_or_listened_at() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let number = c_long::from(socket.as_raw_fd());
    is_refused(|| socket.connect("127.0.0.1:9"));
    is_refused(|| socket.send_to(b"x", "127.0.0.1:9").map(drop));
    for forbidden in [
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept4,
        libc::SYS_setsockopt,
    ] {
        is_refused(|| call(forbidden, [number, 0, 0, 0, 0]));
    }
}

#[test]
fn no_program_is_run_and_no_process_or_thread_is_made() {
    is_refused(|| Command::new("/bin/true").status().map(drop));
    is_refused(|| call(libc::SYS_execve, [0; 5]));
    is_refused(|| call(libc::SYS_execveat, [0; 5]));
    is_refused(|| thread::Builder::new().spawn(|| ()).map(drop));
    is_refused(|| call(libc::SYS_clone, [libc::SIGCHLD.into(), 0, 0, 0, 0]));
    is_refused(|| call(libc::SYS_clone3, [0; 5]));
    is_refused(|| call(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0, 0, 0]));
}

#[test]
fn other_processes_are_not_reached() {
    let parent = c_long::from(std::process::id());
    is_refused(|| {
        call(
            libc::SYS_ptrace,
            [libc::PTRACE_ATTACH.into(), parent, 0, 0, 0],
        )
    });
    is_refused(|| call(libc::SYS_kill, [parent, 0, 0, 0, 0]));
    is_refused(|| call(libc::SYS_tgkill, [parent, parent, 0, 0, 0]));
    is_refused(|| call(libc::SYS_process_vm_readv, [parent, 0, 0, 0, 0]));
    is_refused(|| call(libc::SYS_pidfd_open, [parent, 0, 0, 0, 0]));
    is_refused(|| call(libc::SYS_prlimit64, [0; 5]));
}

#[test]
fn what_the_kernel_offers_besides_is_out_of_reach() {
    let others = [
        libc::SYS_io_uring_setup,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_memfd_create,
        libc::SYS_mount,
        libc::SYS_chroot,
        libc::SYS_setuid,
        libc::SYS_ioctl,
        libc::SYS_openat2,
        libc::SYS_name_to_handle_at,
        libc::SYS_shmget,
    ];
    for forbidden in others {
        is_refused(|| call(forbidden, [0; 5]));
    }
}

#[test]
fn memory_does_not_become_code() {
    let (anywhere, private) = (null_mut(), libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let mapped = |protection| {
        // SAFETY: memory that nobody else knows of.
        match unsafe { libc::mmap(anywhere, 4096, protection, private, -1, 0) } {
            libc::MAP_FAILED => Err(io::Error::last_os_error()),
            memory => Ok(memory),
        }
    };
    is_refused(|| mapped(libc::PROT_READ | libc::PROT_EXEC).map(drop));
    is_refused(|| {
        let memory = mapped(libc::PROT_READ | libc::PROT_WRITE)?;
        // SAFETY: as above.
        match unsafe { libc::mprotect(memory, 4096, libc::PROT_READ | libc::PROT_EXEC) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    });
}

#[test]
fn nothing_changes_in_the_file_system() {
    let folder = tempfile::tempdir().unwrap();
    let (there, new) = (folder.path().join("there"), folder.path().join("new"));
    fs::write(&there, "as it was").unwrap();
    is_refused(|| File::create(&new).map(drop));
    is_refused(|| File::create(&there).map(drop));
    is_refused(|| OpenOptions::new().append(true).open(&there).map(drop));
    is_refused(|| {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open(&there)
            .map(drop)
    });
    is_refused(|| fs::remove_file(&there));
    is_refused(|| fs::rename(&there, &new));
    is_refused(|| fs::hard_link(&there, &new));
    is_refused(|| fs::create_dir(&new));
    is_refused(|| std::os::unix::fs::symlink(&there, &new));
    is_refused(|| fs::set_permissions(&there, fs::metadata(&there)?.permissions()));
    assert_eq!(fs::read_to_string(&there).unwrap(), "as it was");
    assert!(!new.exists());
}
