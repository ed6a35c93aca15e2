//! Making a pack: one pass to find and judge the records, one to compress the text.

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use sha2::{Digest, Sha256};

use crate::directory::{Directory, Header, Key, Verdict};
use crate::error::{PackError, Result};
use crate::frame::Kind;
use crate::scan::{Records, Scanner};
use crate::validate::{Piece, has_long_line};
use crate::window::{self, Ending, Stretch};
use crate::write::write;

/// Bytes given to the real parser at once.
const PIECE: usize = 4 << 20;

/// What came of packing a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// What the pack says of itself.
    pub header: Header,
    /// Length of the pack, in bytes.
    pub size: u64,
}

/// How the work is done. It changes no byte of a pack.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// Threads at most.
    pub threads: usize,
    /// Where the bytes of text that were worked on are added up; each counts twice, as there are
    /// two passes.
    pub done: Option<&'a AtomicU64>,
}

impl Work<'_> {
    pub(crate) fn add(&self, bytes: u64) {
        if let Some(done) = self.done {
            done.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

impl From<usize> for Work<'_> {
    fn from(threads: usize) -> Self {
        Self {
            threads: threads.max(1),
            done: None,
        }
    }
}

/// Packs the text in `source`, from its start, into `out`; `work` may be a number of threads.
///
/// The bytes depend on the text and the key alone.
///
/// # Errors
/// Reading or writing fails, the text changes meanwhile, or a number does not fit the format. A corrupt text is no error: its
/// pack carries the verdict, and the text.
pub fn build<'a>(
    source: &File,
    key: Key,
    work: impl Into<Work<'a>>,
    out: &mut impl Write,
) -> Result<Built> {
    let work = work.into();
    let before = source.metadata()?;
    let (mut found, verdict, text_sha256) = scan(source, &work)?;
    if verdict != Verdict::Fine {
        let cuts = std::mem::take(&mut found.cuts);
        let kept = Records {
            text: found.text,
            lines: found.lines,
            module_id: found.module_id,
            module_name: found.module_name,
            module_line: found.module_line,
            ..Records::default()
        };
        found = Records { cuts, ..kept };
        for cut in &mut found.cuts {
            cut.kind = Kind::Unread;
        }
    }
    let mut directory = Directory {
        header: Header {
            key,
            module_id: found.module_id.clone(),
            module_name: found.module_name.clone(),
            module_line: found.module_line.clone(),
            url: found.url.clone(),
            text_size: found.text,
            text_sha256,
            lines: found.lines,
            verdict,
        },
        ..Directory::default()
    };
    let size = write(source, found, &mut directory, &work, out)?;
    let after = source.metadata()?;
    if (before.len(), before.modified()?) != (after.len(), after.modified()?) {
        return Err(PackError::Changed);
    }
    Ok(Built {
        header: directory.header,
        size,
    })
}

/// Packs into a file that gets its name only when it is whole and on the disk.
///
/// # Errors
/// As [`build`]; nothing is left behind then.
pub fn build_file<'a>(
    source: &File,
    key: Key,
    work: impl Into<Work<'a>>,
    target: &Path,
) -> Result<Built> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let aside = tempfile::Builder::new()
        .prefix(".pack-")
        .tempfile_in(folder)?;
    let mut out = io::BufWriter::with_capacity(1 << 20, aside.as_file());
    let built = build(source, key, work, &mut out)?;
    out.flush()?;
    drop(out);
    let mut permissions = aside.as_file().metadata()?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
    aside.as_file().set_permissions(permissions)?;
    aside.as_file().sync_all()?;
    aside.persist(target).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()?;
    Ok(built)
}

fn scan(source: &File, work: &Work<'_>) -> Result<(Records, Verdict, [u8; 32])> {
    let worst = Mutex::new(None::<Verdict>);
    let mut hash = Sha256::new();
    let mut scanner = Scanner::default();
    let (send, receive) = sync_channel::<Piece>(1);
    let receive = Mutex::new(receive);
    let ending = thread::scope(|scope| -> Result<Ending> {
        let workers: Vec<_> = (0..work.threads.saturating_sub(1).max(1))
            .map(|_| scope.spawn(|| judge(&receive, &worst)))
            .collect();
        let mut source = source;
        source.seek(SeekFrom::Start(0))?;
        let mut pieces = Pieces {
            next: Piece::default(),
            send,
        };
        let input = BufReader::with_capacity(1 << 20, source);
        let ending = window::run::<io::Error>(input, |stretch| {
            match stretch {
                Stretch::Lines(lines) => {
                    hash.update(lines);
                    work.add(lines.len() as u64);
                    pieces.add(lines, &scanner);
                    scanner.lines(lines);
                }
                Stretch::Skipped(bytes, ends_line) => {
                    hash.update(bytes);
                    work.add(bytes.len() as u64);
                    pieces.send();
                    scanner.skipped(bytes, ends_line);
                }
            }
            Ok(())
        });
        pieces.send();
        drop(pieces);
        for worker in workers {
            if !worker.join().unwrap_or(false) {
                return Err(PackError::ParserPanicked);
            }
        }
        Ok(ending?)
    })?;
    let found = scanner.finish();
    let worst = worst.into_inner().unwrap_or_else(PoisonError::into_inner);
    let verdict = worst.unwrap_or(match ending {
        Ending::Whole => Verdict::Fine,
        Ending::Empty => Verdict::Empty,
        Ending::Unfinished => Verdict::Unfinished { line: found.lines },
    });
    Ok((found, verdict, hash.finalize().into()))
}

/// Lets the real parser judge pieces until there are no more; the first fault of the text stays.
/// False if the parser panicked.
fn judge(receive: &Mutex<Receiver<Piece>>, worst: &Mutex<Option<Verdict>>) -> bool {
    let mut sound = true;
    loop {
        let piece = receive
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(piece) = piece else { return sound };
        let Ok(verdict) = catch_unwind(|| piece.verdict()) else {
            sound = false;
            continue;
        };
        let mut worst = worst.lock().unwrap_or_else(PoisonError::into_inner);
        let first = worst.is_none_or(|known| verdict.line() < known.line());
        if verdict != Verdict::Fine && first {
            *worst = Some(verdict);
        }
    }
}

/// Gathers lines into pieces for the real parser.
struct Pieces {
    next: Piece,
    send: SyncSender<Piece>,
}

impl Pieces {
    /// `scanner` has seen everything before `lines`.
    fn add(&mut self, lines: &[u8], scanner: &Scanner) {
        let long = has_long_line(lines);
        if long || self.next.bytes.len() >= PIECE {
            self.send();
        }
        if self.next.bytes.is_empty() {
            self.next.open = (scanner.found.text > 0).then_some(scanner.open);
            self.next.line = scanner.found.lines;
        }
        self.next.bytes.extend_from_slice(lines);
    }

    fn send(&mut self) {
        let piece = std::mem::take(&mut self.next);
        if !piece.bytes.is_empty() {
            // The receiver outlives the sender, so that this waits or succeeds.
            let _ = self.send.send(piece);
        }
    }
}
