"""A worker's heartbeat: once a minute it tells how the container is, whatever the slots do."""

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

from aws_lambda_powertools import Logger

BEAT_SECONDS = 60.0
LEAVE_SECONDS = 10.0
"""What a beat under way may still take when the worker ends."""


class Flushed(Protocol):
    """Metrics that are printed when they are flushed."""

    def flush(self) -> None:
        """Print what was recorded."""


class Heartbeat:
    """Beats in a thread of its own, while its context lasts; a last time at its end.

    What fails in it is logged and tried again at the next beat: it never takes a worker down.
    """

    def __init__(
        self,
        tell: Sequence[Callable[[], None]],
        metrics: Flushed,
        logger: Logger,
        seconds: float = BEAT_SECONDS,
    ) -> None:
        """Take what tells, each part apart from the others; nothing beats before the context."""
        self._tell = tell
        self._metrics = metrics
        self._logger = logger
        self._seconds = seconds
        self._ended = threading.Event()
        # A daemon: a look at a disk that hangs must not keep the process.
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join(LEAVE_SECONDS)

    def _run(self) -> None:
        while not self._ended.wait(self._seconds):
            self._beat()
        self._beat()

    def _beat(self) -> None:
        for tell in self._tell:
            try:
                tell()
            except Exception:
                self._logger.exception("a part of the heartbeat failed")
        try:
            self._metrics.flush()
        except Exception:
            self._logger.exception("the heartbeat was not printed")
