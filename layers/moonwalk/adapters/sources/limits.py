"""What fetching one symbol file may take, and the error in which exceeding it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from moonwalk.domain.backoff import Backoff
from moonwalk.domain.symbol_sources import Failed, Reason

CHUNK = 256 * 1024
"""Bytes held at a time, whatever a file unpacks to."""

_BACKOFF = Backoff(first=0.5, longest=8.0)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are in bytes, times in seconds.

    Attributes:
        stored_bytes: as they come, gzip or not.
        text_bytes: once they are unpacked.
        ratio: of unpacked to packed bytes from `ratio_from` unpacked bytes on. Symbol text reaches
            20; gzip itself ends at 1,032.
        ratio_from: below it no ratio is looked at.
        seconds: for everything: all tries, pauses and redirects of one file.
        connect_seconds: for one connection, its TLS included.
        answer_seconds: from the request to the end of the answer's headers.
        silence_seconds: without a single byte of the body.
        least_speed: bytes per second of waiting, looked at every `speed_seconds` of it.
        speed_seconds: how long it may be slower.
        redirects: that are followed.
        tries: in all.
        backoff: pauses between them.
    """

    stored_bytes: int = 2 * 1024**3
    text_bytes: int = 4 * 1024**3
    ratio: int = 200
    ratio_from: int = 16 * 1024**2
    seconds: float = 300.0
    connect_seconds: float = 5.0
    answer_seconds: float = 20.0
    silence_seconds: float = 15.0
    least_speed: int = 16 * 1024
    speed_seconds: float = 10.0
    redirects: int = 5
    tries: int = 4
    backoff: Backoff = _BACKOFF


LIMITS = Limits()
"""What holds unless somebody says otherwise."""


class SourceError(Exception):
    """One try failed.

    Attributes:
        reason: why.
        detail: a sentence, see `Failed`.
        retry_after: seconds for which the source asked to be left alone.
    """

    def __init__(self, reason: Reason, detail: str, retry_after: float | None = None) -> None:
        """Take the reason, a sentence, and what the source asked for."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after

    def told(self) -> Failed:
        """Give it as an answer."""
        return Failed(self.reason, self.detail, self.retry_after)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of the time for one file, on the monotonic clock."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Give the one that so many seconds from now is."""
        return cls(monotonic() + seconds)

    def left(self) -> float:
        """Give the seconds that are left.

        Raises:
            SourceError: `timed_out`, when there are none.
        """
        left = self.at - monotonic()
        if left <= 0:
            raise SourceError(Reason.TIMED_OUT, "the time for this file is over")
        return left

    def has(self, seconds: float) -> bool:
        """Tell whether so many seconds are left."""
        return self.at - monotonic() > seconds


def tried(
    attempt: Callable[[Deadline], T], limits: Limits, sleep: Callable[[float], None]
) -> T | Failed:
    """Repeat an attempt while its failures are passing ones and the time for the file lasts.

    A source's `Retry-After` is honoured; one that is longer than the time left ends the tries.
    """
    deadline = Deadline.after(limits.seconds)
    for tries in range(1, limits.tries + 1):
        try:
            return attempt(deadline)
        except SourceError as error:
            pause = max(limits.backoff.after(tries), error.retry_after or 0.0)
            last = tries == limits.tries or not error.reason.is_passing
            if last or not deadline.has(pause):
                return error.told()
        sleep(pause)
    raise AssertionError("the last try returns")
