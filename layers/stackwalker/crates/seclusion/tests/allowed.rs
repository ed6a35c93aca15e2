//! What a child that is confined can still do, and how far.

mod child;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::exit;
use std::thread;

use child::{NOT_CONFINED, WENT_WELL, fares, no_opening};
use moonwalk_seclusion::{allow_few_calls, fence};

#[test]
fn files_are_read_until_opening_is_forbidden() {
    let reading = || File::open("/proc/self/cmdline").map(drop);
    assert_eq!(fares(allow_few_calls, reading), WENT_WELL);
    assert_eq!(fares(no_opening, reading), libc::EPERM);
}

#[test]
fn what_was_open_before_is_read_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("open");
    let mut file = File::create_new(&place).unwrap();
    let (mut ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.write_all(b"ab").unwrap();
    let using = || {
        file.write_all(b"written")?;
        let mut two = [0; 2];
        ours.read_exact(&mut two)?;
        ours.write_all(&two)
    };
    assert_eq!(fares(no_opening, using), WENT_WELL);
    assert_eq!(fs::read(&place).unwrap(), b"written");
    let mut two = [0; 2];
    theirs.read_exact(&mut two).unwrap();
    assert_eq!(&two, b"ab");
}

#[test]
fn threads_that_run_already_are_held_to_it_too() {
    let of_another_thread = || {
        let (ask, asked) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            asked.recv().map_err(io::Error::other)?;
            File::open("/proc/self/cmdline").map(drop)
        });
        no_opening()?;
        ask.send(()).map_err(io::Error::other)?;
        thread.join().map_err(|_| io::Error::other("a panic"))?
    };
    assert_eq!(fares(|| Ok(()), of_another_thread), libc::EPERM);
}

#[test]
fn a_panic_is_still_caught() {
    let caught = || match catch_unwind(|| panic!("out of luck")) {
        Ok(()) => Err(io::Error::other("no panic")),
        Err(_) => Ok(()),
    };
    assert_eq!(fares(no_opening, caught), WENT_WELL);
}

#[test]
fn an_abort_is_still_an_abort() {
    // SAFETY: as in `fares`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        if no_opening().is_ok() {
            std::process::abort();
        }
        exit(NOT_CONFINED);
    }
    let mut status = 0;
    // SAFETY: as in `fares`.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert!(libc::WIFSIGNALED(status));
    assert_eq!(libc::WTERMSIG(status), libc::SIGABRT);
}

#[test]
fn behind_the_fence_only_what_is_named_is_read() {
    if !kernel_has_landlock() {
        eprintln!("skipped: this kernel has no Landlock");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [named, inside, file, outside] =
        ["named", "named/inside", "file", "outside"].map(|name| folder.path().join(name));
    fs::create_dir(&named).unwrap();
    for place in [&inside, &file, &outside] {
        fs::write(place, "x").unwrap();
    }
    let fenced = || fence([&named, &file, &folder.path().join("nowhere")]).map(drop);
    let reading = |place: &Path| fares(fenced, || File::open(place).map(drop));
    assert_eq!(reading(&inside), WENT_WELL);
    assert_eq!(reading(&file), WENT_WELL);
    assert_eq!(reading(&outside), libc::EACCES);
    assert_eq!(reading(Path::new("/proc/self/environ")), libc::EACCES);
    assert_eq!(reading(&named.join("../outside")), libc::EACCES);
    assert_eq!(
        fares(fenced, || File::create(named.join("new")).map(drop)),
        libc::EACCES
    );
    assert_eq!(fares(fenced, || fs::remove_file(&inside)), libc::EACCES);
}

fn kernel_has_landlock() -> bool {
    let has = || match fence([Path::new("/")])? {
        true => Ok(()),
        false => Err(io::Error::from_raw_os_error(libc::ENOSYS)),
    };
    fares(|| Ok(()), has) == WENT_WELL
}
