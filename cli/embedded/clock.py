"""One clock for the whole embedded AWS, so that tests reach "six minutes later" at once."""

import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

OFFSET = struct.Struct("<d")  # seconds to add to the machine's clock, as processes map it


class EmbeddedClock:
    """The machine's time plus an offset that only grows.

    The offset lies in a file of eight bytes (a little-endian double) that function and worker
    processes map, so a jump reaches them at their next look at the time.

    Args:
        file: Where the offset is published; made anew with the offset 0.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._offset = 0.0
        self._lock = threading.Lock()
        self._waiting: list[threading.Condition] = []
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(OFFSET.pack(self._offset))

    def now(self) -> float:
        """Seconds since the epoch, as everything embedded sees them."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Moves the clock forward and wakes whoever waits for a moment that has now come.

        Raises:
            ValueError: The step is negative: moto's queues cannot go back in time.
        """
        if seconds < 0:
            raise ValueError(f"the embedded clock cannot go back by {-seconds} s")
        with self._lock:
            self._offset += seconds
            # In place: a truncated file would kill the processes that have it mapped.
            with self.file.open("r+b") as published:
                published.write(OFFSET.pack(self._offset))
            waiting = list(self._waiting)
        for condition in waiting:
            with condition:
                condition.notify_all()

    def wait(self, condition: threading.Condition, until: float) -> None:
        """Waits once on `condition`, held by the caller, until notified or `until` has come.

        Like `Condition.wait` it may return early; callers look again at what they wait for.
        """
        with self._lock:
            self._waiting.append(condition)
        try:
            remaining = until - self.now()
            if remaining > 0:
                condition.wait(min(remaining, threading.TIMEOUT_MAX))
        finally:
            with self._lock:
                self._waiting.remove(condition)

    def wait_for(
        self, condition: threading.Condition, predicate: Callable[[], bool], seconds: float
    ) -> bool:
        """Waits on `condition`, held by the caller, until `predicate` holds or time is up."""
        until = self.now() + seconds
        while not predicate():
            if self.now() >= until:
                return False
            self.wait(condition, until)
        return True
