"""Folders for what a process needs for a while; nothing stays, not even after a killed process."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "moonwalk-crash-"


class FolderScratch:
    """`Scratch` under one root.

    A process that was killed could not tidy up, and a Lambda environment keeps its /tmp after that.
    So every folder in use is locked, the kernel drops the lock with the process, and the next one
    removes what is not locked.
    """

    def __init__(self, root: Path, prefix: str = _PREFIX) -> None:
        """Make the root where it is missing, and remove what dead processes left in it.

        Args:
            root: where the folders are made.
            prefix: begins their names; nothing else in the root is touched.
        """
        self._root = root
        self._prefix = prefix
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in root.glob(f"{prefix}*"):
            _remove_if_nobodys(left)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give an empty folder, and remove it with all that is in it, however it was used."""
        folder, lock = self._locked()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)

    def _locked(self) -> tuple[Path, int]:
        while True:
            folder = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self._root))
            # Between these two lines another process may take it for somebody's leavings.
            with suppress(FileNotFoundError, BlockingIOError):
                lock = _lock(folder)
                if folder.exists():
                    return folder, lock
                os.close(lock)


def _lock(folder: Path) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def _remove_if_nobodys(folder: Path) -> None:
    with suppress(OSError):
        lock = _lock(folder)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
