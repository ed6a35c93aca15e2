"""Measuring the disk that packs are kept on, past the page cache, when a worker starts.

A worker on a disk whose credit is used up looks like any other until it has work. What the disk
is, and what it gives, is told before.
"""

import errno
import mmap
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from moonwalk.adapters.vitals.disks import model_of, mount_of, room_in
from moonwalk.adapters.vitals.kernel import Kernel
from moonwalk.domain.disk_kind import DiskKind, kind_of

MOST_BYTES = 256 << 20
"""Written and read again: more than the 120 MiB/s that Fargate gives 4 vCPU move in the time."""
LEAST_FREE_SHARE = 4
"""A probe takes at most this part of the room that is left."""
PIECE_BYTES = 1 << 20
BLOCK_BYTES = 4096
"""Of one random read: a chunk as the broker reads it, and a multiple of every sector's size."""
MOST_RANDOM_READS = 5000
_WRITING, _SEQUENTIAL = 0.5, 0.8
"""The parts of the time after which writing, and reading in order, have to be over."""
_REFUSED = frozenset({errno.EINVAL, errno.EOPNOTSUPP})


class ProbeError(Exception):
    """The disk could not be measured; the text says why."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What reads of one after the other gave.

    Attributes:
        sequential: bytes in a second.
        random: blocks in a second.
        latency: the median time of a block, in seconds.
        direct: whether the page cache had no part in it.
    """

    sequential: float
    random: float
    latency: float
    direct: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A disk: what it is by what was measured and what it says, and what folders lie on."""

    kind: DiskKind
    measured: Measured
    file_system: str
    device: str
    model: str


def probe(folder: Path, seconds: float, kernel: Kernel | None = None) -> Found:
    """Measure the disk under a folder. Nothing of it stays, not even after a killed process.

    Args:
        folder: where a nameless file is written.
        seconds: that it may take, but for a single read or write that hangs.
        kernel: another than this machine's, to tell what the folder lies on.

    Raises:
        ProbeError: when there is no room, or the file system fails.
    """
    try:
        room = room_in(folder).free // LEAST_FREE_SHARE
        length = min(MOST_BYTES, room) // PIECE_BYTES * PIECE_BYTES
        if not length:
            raise ProbeError(f"there is no room for {PIECE_BYTES} bytes in {folder}")
        with _nameless(folder) as (descriptor, direct):
            measured = _measure(descriptor, length, seconds, direct=direct)
    except OSError as error:
        raise ProbeError(f"{folder} cannot be read or written: {error.strerror}") from error
    return _named(measured, folder, kernel or Kernel())


def _named(measured: Measured, folder: Path, kernel: Kernel) -> Found:
    mount = mount_of(kernel, folder)
    file_system, device = (mount.kind, mount.device) if mount else ("", "")
    model = model_of(kernel, device) if device else ""
    kind = kind_of(
        file_system=file_system,
        model=model,
        direct=measured.direct,
        sequential=measured.sequential,
        latency=measured.latency,
    )
    return Found(kind, measured, file_system, device, model)


def _measure(descriptor: int, length: int, seconds: float, *, direct: bool) -> Measured:
    started = time.monotonic()

    def left(part: float) -> Callable[[], bool]:
        until = started + seconds * part
        return lambda: time.monotonic() < until

    # Anonymous memory of a mapping is aligned to pages, as direct I/O wants it.
    with mmap.mmap(-1, PIECE_BYTES) as piece, mmap.mmap(-1, BLOCK_BYTES) as block:
        piece.write(os.urandom(PIECE_BYTES))
        written = _pieces(length, left(_WRITING), lambda at: os.pwritev(descriptor, [piece], at))
        os.fdatasync(descriptor)
        begun = time.monotonic()
        read = _pieces(written, left(_SEQUENTIAL), lambda at: os.preadv(descriptor, [piece], at))
        took = time.monotonic() - begun
        times = list(_times(descriptor, block, written, left(1)))
    return Measured(
        sequential=read / took,
        random=len(times) / sum(times),
        latency=statistics.median(times),
        direct=direct,
    )


def _pieces(length: int, go_on: Callable[[], bool], move: Callable[[int], int]) -> int:
    """Move piece after piece, one at least; give how many bytes that were."""
    done = 0
    while done < length:
        if move(done) != PIECE_BYTES:
            raise OSError(errno.EIO, "it gave or took less than a whole piece")
        done += PIECE_BYTES
        if not go_on():
            break
    return done


def _times(
    descriptor: int, block: mmap.mmap, length: int, go_on: Callable[[], bool]
) -> Iterator[float]:
    for _ in range(MOST_RANDOM_READS):
        at = random.randrange(length // BLOCK_BYTES) * BLOCK_BYTES  # noqa: S311 - no secret
        begun = time.perf_counter()
        os.preadv(descriptor, [block], at)
        yield time.perf_counter() - begun
        if not go_on():
            return


@contextmanager
def _nameless(folder: Path) -> Iterator[tuple[int, bool]]:
    """Open a file that has no name; by the page cache where the file system knows no other way."""
    try:
        descriptor, direct = _opened(folder, os.O_DIRECT), True
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        descriptor, direct = _opened(folder, 0), False
    try:
        yield descriptor, direct
    finally:
        os.close(descriptor)


def _opened(folder: Path, flag: int) -> int:
    """Open it by `O_TMPFILE`; where there is none, as in overlays, by a name that goes at once."""
    flags = os.O_RDWR | os.O_CLOEXEC | flag
    try:
        return os.open(folder, flags | os.O_TMPFILE, 0o600)
    except OSError as error:
        if error.errno not in {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT}:
            raise
    with tempfile.NamedTemporaryFile(dir=folder, prefix="probe-") as named:
        return os.open(named.name, flags)
