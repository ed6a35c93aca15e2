"""Sees to it that what waits in the heavy lane has a worker.

Its queues have workers for readers, of which there may be none: whoever hands on wakes one, but the
call may fail, and a worker that is scaled in gives back what it has just taken.
"""

from dataclasses import dataclass

from moonwalk.domain.knobs import READ_BY_WORKERS
from moonwalk.knob_ports import HeavyBacklog, Knobs
from moonwalk.usecases.wake_workers import WakeWorkers


@dataclass(frozen=True, slots=True)
class WakeForBacklog:
    """Wakes a worker when something waits in a queue that is not paused."""

    knobs: Knobs
    backlog: HeavyBacklog
    wake: WakeWorkers

    def __call__(self) -> None:
        """Look once; a worker finds out by itself what it may take.

        Raises:
            RetryLater: when the world failed.
        """
        positions = self.knobs.now()
        open_queues = (queue for queue in READ_BY_WORKERS if not positions.is_paused(queue))
        if any(map(self.backlog.waits, open_queues)):
            self.wake()
