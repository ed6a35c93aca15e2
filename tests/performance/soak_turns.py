"""A fresh worker beside the one that has walked all the while: which is faster just now?

A soak lasts for most of an hour, in which a machine that others share works now faster, now slower,
and by more than a worker would be allowed to slow down. So both take turns at the end, and the one
whose turn it is not is stopped.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cli.embedded.worker import WorkerService
from tests.performance.soak_feed import Feed

TURNS = 10
SETTLE_SECONDS = 0.5
"""Until a request that a worker made just before it was stopped is answered."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Walks a second of both, each over the same number of walks."""

    worn: float
    fresh: float

    @property
    def kept(self) -> float:
        """What is left of a fresh worker's speed."""
        return self.worn / self.fresh


def take_turns(service: WorkerService, feed: Feed, walks: int) -> Turns:
    """Have a second worker, warm it, and let both walk so many crashes in turns."""
    [worn] = service.pids
    service.scale(2)
    fresh = feed.pipeline.wait_for(
        lambda: next((pid for pid in service.pids if pid != worn), None),
        "no second worker has started: look into worker.log",
    )
    each = walks // TURNS
    with _stopped(worn):
        feed.run(each)
    seconds = {worn: 0.0, fresh: 0.0}
    for _ in range(TURNS):
        for turn, other in ((worn, fresh), (fresh, worn)):
            with _stopped(other):
                seconds[turn] += feed.run(each)
    return Turns(each * TURNS / seconds[worn], each * TURNS / seconds[fresh])


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    time.sleep(SETTLE_SECONDS)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
