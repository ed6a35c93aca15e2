"""A task of the heavy lane: its starts are counted, and one too many is poison."""

from dataclasses import dataclass

from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryLater
from moonwalk.domain.ledger import LedgerEntry
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.ports import Ledger
from moonwalk.usecases.ending import Ending
from moonwalk.usecases.process import Process
from moonwalk.usecases.transitions import change

MAX_STARTS = 3
"""The start at which a crash whose earlier walks ended in silence is answered as poison."""

DRAIN = "drain"
"""Why a crash is given back whose worker is told to stop."""


@dataclass(frozen=True, slots=True)
class ProcessHeavy:
    """Runs a task that waited in a heavy queue, perhaps for hours, perhaps not the first time."""

    ledger: Ledger
    process: Process
    ending: Ending

    def __call__(self, task: Task) -> Answer:
        """Process the crash unless its run is over, fenced off, or poison.

        Raises:
            RetryLater: when the world failed; that is no silence, so the start does not count.
        """
        now = self.ending.clock.now()
        entry = change(
            self.ledger,
            task.request.crash_id,
            lambda found: found.started(now) if found.holds(task.fence) else None,
        )
        if entry is None:
            return Answer(Status.SUPERSEDED)
        if entry.starts >= MAX_STARTS:
            return self._poison(task, entry)
        try:
            return self.process(task)
        except RetryLater as failure:
            self.give_back(task, failure.code)
            raise

    def give_back(self, task: Task, why: str = DRAIN) -> None:
        """Take the count back for a start that the worker, not the crash, has ended."""
        now = self.ending.clock.now()
        change(
            self.ledger,
            task.request.crash_id,
            lambda found: found.start_given_back(now, why) if found.holds(task.fence) else None,
        )

    def _poison(self, task: Task, entry: LedgerEntry) -> Answer:
        failure = DeadLetter(
            DeadLetterCode.NO_ANSWER,
            f"{entry.starts - 1} walks of {entry.crash_id} ended in silence",
        )
        self.ending.reject(task.request, task.fence, failure, task.lane)
        return Answer(Status.REJECTED, failure.code)
