"""Folders that are made as a whole, and made again only when what they are made of has changed."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from infra.assets import BUILT, NEVER_SHIPPED


@contextmanager
def one_at_a_time(waiting: Callable[[], None]) -> Iterator[None]:
    """Let one build at a time work on the built parts; the next one finds them done.

    Args:
        waiting: called when another build is under way, before it is waited for.
    """
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(inputs: Iterable[Path], *words: str) -> str:
    """Give a hash of files and folders by names, modes and contents; times do not count."""
    digest = hashlib.sha256(repr(words).encode())
    for top in inputs:
        for path in _files(top):
            mode = path.stat().st_mode & 0o111
            digest.update(f"{top.name}\0{path.relative_to(top.parent)}\0{mode:o}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def up_to_date(folder: Path, stamp: str) -> bool:
    """Say whether a folder is there and was made of just these inputs."""
    note = _note(folder)
    return folder.is_dir() and note.is_file() and note.read_text(encoding="utf-8") == stamp


def fill(folder: Path, stamp: str, make: Callable[[Path], None]) -> None:
    """Make a folder anew beside its old self, and put it in place when it is complete."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    make(fresh)
    _note(folder).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    _note(folder).write_text(stamp, encoding="utf-8")


def link_tree(source: Path, target: Path) -> None:
    """Put a file or the files of a folder at a place, as second names of the same files.

    Files of the checkout are copied: an editor may write into them.
    """
    for path in _files(source):
        place = target / path.relative_to(source) if source.is_dir() else target
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_relative_to(BUILT):
            os.link(path, place)
        else:
            shutil.copy(path, place)


def _note(folder: Path) -> Path:
    return folder.with_name(folder.name + ".stamp")


def _files(top: Path) -> Iterator[Path]:
    """List the files to ship, in a stable order; of built folders all, of sources the useful."""
    if top.is_file():
        yield top
        return
    built = top.is_relative_to(BUILT)
    for path in sorted(top.rglob("*")):
        if path.is_file() and (built or not _never_shipped(path.relative_to(top))):
            yield path


def _never_shipped(path: Path) -> bool:
    return any(fnmatch(part, pattern) for part in path.parts for pattern in NEVER_SHIPPED)
