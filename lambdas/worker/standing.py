"""How a worker stands, in a small file: it writes it, and the health check reads it.

Only the standard library's lightest parts are imported here, since the health check is a process
of its own that starts every minute. Times are of the monotonic clock, which all processes of a
machine share and which nobody sets.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "worker-standing.json"
SIZE = 512
"""Of the file, always: it is written in place, so that a disk without room does not stop it."""
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What a worker says of itself.

    Attributes:
        phase: `starting`, `working` or `draining`.
        since: when the phase began.
        ticked: when it last went round its loop.
        crashes: in hand.
        walked: when the crash in hand that has waited longest last got on, or was taken; or when
            the worker last did, if that is longer ago.
        packing: since when it packs symbols; None if it does not.
        stall_seconds: it may have crashes in hand for so long without a walk that ends.
        packing_seconds: the longest that it may be at one pack.
    """

    phase: str
    since: float
    ticked: float
    crashes: int = 0
    walked: float = 0.0
    packing: float | None = None
    stall_seconds: float = 0.0
    packing_seconds: float = 0.0


class StandingError(Exception):
    """There is no readable file; the text says what there is instead."""


def place(scratch: Path | None = None) -> Path:
    """Name the file; in the container's one folder that can be written, unless one is given."""
    return (scratch or Path(os.environ.get("TMPDIR") or "/tmp")) / FILE  # noqa: S108


class StandingFile:
    """The file, kept open."""

    def __init__(self, file: Path) -> None:
        """Make it, with all the room that it will ever take.

        Raises:
            OSError: when it cannot be made.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(file, flags, 0o600)

    def write(self, standing: Standing) -> None:
        """Replace what is in it.

        Raises:
            OSError: when the disk fails.
        """
        told = json.dumps({"schema": SCHEMA, **asdict(standing)})
        os.pwrite(self._descriptor, told.encode().ljust(SIZE), 0)

    def close(self) -> None:
        """Close it; it stays, and goes stale."""
        os.close(self._descriptor)


def read(file: Path) -> Standing:
    """Read what a worker wrote.

    Raises:
        StandingError: when there is nothing of that kind.
    """
    try:
        told = json.loads(file.read_bytes())
        if told.pop("schema") != SCHEMA:
            raise StandingError(f"{file} is of another version of the worker")
        return Standing(**told)
    except FileNotFoundError:
        raise StandingError(f"there is no {file}: no worker has started") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise StandingError(f"{file} cannot be read: {type(error).__name__}") from None
