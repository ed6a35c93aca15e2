"""Sees to it that queues are read as the knobs say, whatever a deployment or a person has set.

A mapping keeps nothing of what it was told by anybody else but the one who told it last, so this
looks again every minute: a deployment that writes the settings' numbers is put right by the next
round. A function that is stopped by its mapping receives nothing, so a paused message is not even
counted as received.
"""

from dataclasses import dataclass

from moonwalk.domain.failures import RetryLater
from moonwalk.domain.knobs import READ_BY_FUNCTIONS, KnobQueue, Positions, concurrency, pause
from moonwalk.knob_ports import Knobs, Readers, Reading
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics

LOOKS = 5
"""At the knobs, in one round. Whom others outrun so often leaves the rest to them."""


@dataclass(frozen=True, slots=True)
class KeepReaders:
    """Looks after the readers of queues, a round at a time."""

    knobs: Knobs
    readers: Readers
    metrics: Metrics

    def __call__(self) -> dict[KnobQueue, Reading]:
        """Do one round; tell what was changed.

        The minute's round may be under way when somebody turns a knob, and change a queue by what
        it had read before. So whoever has changed one looks at the knobs again.

        Raises:
            RetryLater: when the world failed for a queue; the others were looked after.
        """
        positions = self.knobs.now()
        self.metrics.add(Metric.KNOBS_TURNED, len(positions.turned))
        self.metrics.add(Metric.QUEUES_PAUSED, sum(map(positions.is_paused, KnobQueue)))
        changed = dict[KnobQueue, Reading]()
        for _ in range(LOOKS):
            found = self._look_after_all(positions)
            changed |= found
            if not found or (again := self.knobs.now()) == positions:
                break
            positions = again
        return changed

    def _look_after_all(self, positions: Positions) -> dict[KnobQueue, Reading]:
        changed, failures = dict[KnobQueue, Reading](), list[RetryLater]()
        # What is not known is left alone: the settings' values would set a paused queue free.
        for queue in READ_BY_FUNCTIONS if positions.known else ():
            try:
                if reading := self._kept(queue, positions):
                    changed[queue] = reading
            except RetryLater as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        return changed

    def _kept(self, queue: KnobQueue, positions: Positions) -> Reading | None:
        found = self.readers.look(queue)
        # Nobody knows what a refused switch was meant to say: the queue stays as it is.
        on = found.on if pause(queue) in positions.refused else not positions.is_paused(queue)
        wanted = Reading(on, positions.number(concurrency(queue)))
        if found == wanted:
            return None
        self.readers.change(queue, wanted)
        return wanted
