"""What a worker has in hand and when it last got somewhere: what its health is told from."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from aws_lambda_powertools import Logger

from .standing import Standing, StandingFile

WRITE_SECONDS = 5.0
"""The file is not written more often: the loop of a busy worker goes round every second."""
_IN_HAND: ContextVar[str | None] = ContextVar("in_hand", default=None)
"""The receipt of the crash that this thread, or the walk in it, is about."""


class Progress:
    """Counts what is begun and what ends, and writes it down as the worker goes round.

    Two clocks tell that nothing gets on. Each crash in hand has its own, or one that hangs would
    hide behind others that do not. The worker's own goes on from crash to crash, or one that
    spoils whatever it takes would look busy; while nothing is in hand it stands still.

    Safe to use from several threads; `tick` is the loop's alone.
    """

    def __init__(
        self, file: StandingFile, logger: Logger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Say that a worker is starting."""
        self._file = file
        self._logger = logger
        self._clock = clock
        self._lock = threading.Lock()
        self._phase, self._since = "starting", clock()
        self._limits = (0.0, 0.0)
        self._crashes: dict[str, float] = {}
        self._packs, self._packing = 0, 0.0
        self._got_on = self._idle_since = self._written = clock()
        self._failing = False
        self._write()

    @property
    def busy(self) -> int:
        """How many slots have a crash in hand; packing is beside them."""
        with self._lock:
            return len(self._crashes)

    def work(self, *, stall_seconds: float, packing_seconds: float) -> None:
        """Say that work begins, and what is too long."""
        self._limits = stall_seconds, packing_seconds
        self._enter("working")

    def drain(self) -> None:
        """Say that no more is taken; from now on nobody goes round any more."""
        self._enter("draining")

    def tick(self) -> None:
        """Say that the loop goes round."""
        if self._clock() - self._written >= WRITE_SECONDS:
            self._write()

    def got_on(self) -> None:
        """Say that a walk had a result, or that this thread's crash was not spoilt here."""
        with self._lock:
            self._got_on = self._clock()
            if (receipt := _IN_HAND.get()) in self._crashes:
                self._crashes[receipt] = self._got_on

    @contextmanager
    def crash(self, receipt: str) -> Iterator[None]:
        """Say that a crash is in hand, in this thread and all that run in copies of its context."""
        with self._lock:
            now = self._clock()
            if not self._crashes:
                self._got_on += now - self._idle_since
            self._crashes[receipt] = now
        before = _IN_HAND.set(receipt)
        try:
            yield
        finally:
            _IN_HAND.reset(before)
            with self._lock:
                del self._crashes[receipt]
                self._idle_since = self._clock()

    def is_stalled(self, receipt: str) -> bool:
        """Whether a crash in hand has not got on for longer than is right."""
        with self._lock:
            last = self._crashes.get(receipt)
            return last is not None and self._clock() - last >= self._limits[0]

    @contextmanager
    def packing(self) -> Iterator[None]:
        """Say that symbols are packed."""
        with self._lock:
            if not self._packs:
                self._packing = self._clock()
            self._packs += 1
        try:
            yield
        finally:
            with self._lock:
                self._packs -= 1
                self._packing = self._clock()

    def _enter(self, phase: str) -> None:
        self._phase, self._since = phase, self._clock()
        self._write()

    def _write(self) -> None:
        self._written = self._clock()
        with self._lock:
            standing = Standing(
                phase=self._phase,
                since=self._since,
                ticked=self._written,
                crashes=len(self._crashes),
                walked=min([self._got_on, *self._crashes.values()]),
                packing=self._packing if self._packs else None,
                stall_seconds=self._limits[0],
                packing_seconds=self._limits[1],
            )
        try:
            self._file.write(standing)
        except OSError as error:
            # The health check will find it old. Work goes on until then.
            if not self._failing:
                self._logger.error("the standing is not written", detail=error.strerror)
            self._failing = True
        else:
            self._failing = False
