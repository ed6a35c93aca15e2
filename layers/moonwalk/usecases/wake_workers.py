"""Whoever hands something to the heavy lane sees to it that there is a worker for it.

Scaling follows the queues' metrics, and those of a queue at rest come minutes late. So the first
worker is asked for here, at once; all further ones are scaling's business.
"""

import logging
import threading

from moonwalk.domain.failures import RetryLater
from moonwalk.domain.symbol_needs import Need
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics, Workers
from moonwalk.symbol_ports import HeavyPacking

REMEMBERED_SECONDS = 10.0
"""For which nobody looks again: a burst makes a call every 10 s, and no worker that was there goes
within them without having been idle for minutes."""

_LOG = logging.getLogger(__name__)


class WakeWorkers:
    """Asks for a worker where none is wanted; safe to call from many threads.

    It never fails: what was handed on is safe in its queue, and the next to hand on tries again.
    """

    def __init__(self, workers: Workers, clock: Clock, metrics: Metrics) -> None:
        """Take the service, which is not called before somebody hands on."""
        self._workers = workers
        self._clock = clock
        self._metrics = metrics
        self._looking = threading.Lock()
        self._known_until = float("-inf")

    def __call__(self) -> None:
        """Look whether a worker is wanted, unless that is known or being looked at."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            if self._clock.now() >= self._known_until:
                self._look()
        finally:
            self._looking.release()

    def _look(self) -> None:
        try:
            woken = self._workers.wake()
        except RetryLater as failure:
            _LOG.warning("no worker could be asked for: %s", failure.detail)
            self._metrics.add(Metric.WORKERS_WOKEN, outcome="failed")
            return
        self._known_until = self._clock.now() + REMEMBERED_SECONDS
        if woken:
            self._metrics.add(Metric.WORKERS_WOKEN, outcome="woken")


class WakingPacking:
    """`HeavyPacking` that wakes a worker for what it hands on."""

    def __init__(self, heavy: HeavyPacking, wake: WakeWorkers) -> None:
        """Take the queue, and the one who wakes."""
        self._heavy = heavy
        self._wake = wake

    def hand_on(self, body: str) -> None:
        """Hand a message of the symbol queue on."""
        self._heavy.hand_on(body)
        self._wake()

    def need(self, need: Need) -> None:
        """Ask a worker to look for symbols in the sources."""
        self._heavy.need(need)
        self._wake()
