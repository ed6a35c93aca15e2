"""What a worker has in hand and when it last got somewhere: what its health is told from."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aws_lambda_powertools import Logger

from .standing import Standing, StandingFile

WRITE_SECONDS = 5.0
"""The file is not written more often: the loop of a busy worker goes round every second."""


class Progress:
    """Counts what is begun and what ends, and writes it down as the worker goes round.

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
        self._crashes, self._packs = 0, 0
        self._walked = self._packing = 0.0
        self._written = clock()
        self._failing = False
        self._write()

    @property
    def busy(self) -> int:
        """How many slots have a crash in hand; packing is beside them."""
        with self._lock:
            return self._crashes

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

    def walk_ended(self) -> None:
        """Say that a walk ended, however it did."""
        with self._lock:
            self._walked = self._clock()

    @contextmanager
    def crash(self) -> Iterator[None]:
        """Say that a crash is in hand."""
        with self._lock:
            if not self._crashes:
                self._walked = self._clock()
            self._crashes += 1
        try:
            yield
        finally:
            with self._lock:
                self._crashes -= 1
                self._walked = self._clock()

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
                crashes=self._crashes,
                walked=self._walked,
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
