"""Sees to it that queues are read as the knobs say, whatever a deployment or a person has set.

A mapping keeps nothing of what it was told by anybody else but the one who told it last, so this
looks again every minute: a deployment that writes the settings' numbers is put right by the next
round. A function that is stopped by its mapping receives nothing, so a paused message is not even
counted as received.

The heavy lane's queues have workers for readers, of which there may be none: whoever hands on wakes
one, but the call may fail, and a worker that is scaled in gives back what it has just taken. So the
round also sees to it that what waits there, in a queue that is not paused, has a worker.
"""

from dataclasses import dataclass

from moonwalk.domain.failures import RetryLater
from moonwalk.domain.knobs import (
    READ_BY_FUNCTIONS,
    READ_BY_WORKERS,
    KnobQueue,
    Positions,
    concurrency,
    pause,
)
from moonwalk.knob_ports import HeavyBacklog, Knobs, Readers, Reading
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics
from moonwalk.usecases.wake_workers import WakeWorkers


@dataclass(frozen=True, slots=True)
class KeepKnobs:
    """Looks after the readers of queues, a round at a time."""

    knobs: Knobs
    readers: Readers
    backlog: HeavyBacklog
    wake: WakeWorkers
    metrics: Metrics

    def __call__(self) -> dict[KnobQueue, Reading]:
        """Do one round; tell what was changed.

        Raises:
            RetryLater: when the world failed for a queue; the others were looked after.
        """
        positions = self.knobs.now()
        self.metrics.add(Metric.KNOBS_TURNED, len(positions.turned))
        self.metrics.add(Metric.QUEUES_PAUSED, sum(map(positions.is_paused, KnobQueue)))
        changed, failures = dict[KnobQueue, Reading](), list[RetryLater]()
        # What is not known is left alone: the settings' values would set a paused queue free.
        for queue in READ_BY_FUNCTIONS if positions.known else ():
            try:
                if reading := self._kept(queue, positions):
                    changed[queue] = reading
            except RetryLater as failure:
                failures.append(failure)
        try:
            self._wake(positions)
        except RetryLater as failure:
            failures.append(failure)
        if failures:
            raise failures[0]
        return changed

    def _wake(self, positions: Positions) -> None:
        """Have a worker for what waits; it finds out by itself what it may take."""
        open_queues = (queue for queue in READ_BY_WORKERS if not positions.is_paused(queue))
        if any(map(self.backlog.waits, open_queues)):
            self.wake()

    def _kept(self, queue: KnobQueue, positions: Positions) -> Reading | None:
        found = self.readers.look(queue)
        # Nobody knows what a refused switch was meant to say: the queue stays as it is.
        on = found.on if pause(queue) in positions.refused else not positions.is_paused(queue)
        wanted = Reading(on, positions.number(concurrency(queue)))
        if found == wanted:
            return None
        self.readers.change(queue, wanted)
        return wanted
