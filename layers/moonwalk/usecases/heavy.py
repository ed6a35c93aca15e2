"""A task of the heavy lane: its starts are counted, and the third silent end is poison."""

from collections import deque
from dataclasses import dataclass, field

from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryLater
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.ports import Ledger
from moonwalk.usecases.ending import Ending
from moonwalk.usecases.own_faults import as_own_fault
from moonwalk.usecases.process import Process
from moonwalk.usecases.transitions import change

MAX_STARTS = 3
"""Walks of a crash that may end in silence. After the last it is poison: the next worker that is
handed its task answers it, and starts no walk."""

DRAIN = "drain"
"""Why a crash is given back whose worker is told to stop."""

_OWED = "; and the ledger is still to be told that the start does not count"


@dataclass(frozen=True, slots=True)
class ProcessHeavy:
    """Runs a task that waited in a heavy queue, perhaps for hours, perhaps not the first time.

    Attributes:
        owed: starts that are to be given back, which the ledger did not take when that was due.
    """

    ledger: Ledger
    process: Process
    ending: Ending
    owed: deque[tuple[Task, str]] = field(default_factory=deque, compare=False)

    def __call__(self, task: Task) -> Answer:
        """Process the crash unless its run is over, fenced off, or poison.

        Raises:
            RetryLater: when the world failed, or what the worker itself runs on; that is no
                silence, so the start does not count.
        """
        self._settle()
        now = self.ending.clock.now()
        started = change(
            self.ledger,
            task.request.crash_id,
            lambda found: (
                found.started(now)
                if found.holds(task.fence) and found.starts < MAX_STARTS
                else None
            ),
        )
        if started is None:
            return self._not_started(task)
        try:
            return self._processed(task)
        except RetryLater as failure:
            self.owed.append((task, failure.code))
            self._settle()
            if self.owed:
                raise RetryLater(failure.code, failure.detail + _OWED) from failure
            raise

    def is_last_start(self, task: Task) -> bool:
        """Whether the next start, should it end in silence, is the one that makes poison.

        Raises:
            RetryLater: when the world fails.
        """
        entry = self.ledger.read(task.request.crash_id)
        return entry is not None and entry.holds(task.fence) and entry.starts == MAX_STARTS - 1

    def give_back(self, task: Task, why: str = DRAIN) -> None:
        """Take the count back for a start that the worker, not the crash, has ended."""
        now = self.ending.clock.now()
        change(
            self.ledger,
            task.request.crash_id,
            lambda found: found.start_given_back(now, why) if found.holds(task.fence) else None,
        )

    def _settle(self) -> None:
        """Give back what is owed, as far as the ledger answers; the rest before the next start."""
        for _ in range(len(self.owed)):
            try:
                task, why = self.owed.popleft()
            except IndexError:
                return  # Another slot was faster.
            try:
                self.give_back(task, why)
            except RetryLater:
                self.owed.append((task, why))
                return

    def _processed(self, task: Task) -> Answer:
        try:
            return self.process(task)
        except (OSError, RuntimeError) as error:
            if own_fault := as_own_fault(error):
                raise own_fault from error
            raise

    def _not_started(self, task: Task) -> Answer:
        """Tell a run that is over, or fenced off, from one that is poison."""
        entry = self.ledger.read(task.request.crash_id)
        if entry is None or not entry.holds(task.fence):
            return Answer(Status.SUPERSEDED)
        if entry.starts < MAX_STARTS:
            return self(task)  # A start was given back in this very moment.
        failure = DeadLetter(
            DeadLetterCode.NO_ANSWER,
            f"{MAX_STARTS} walks of {task.request.crash_id} ended in silence",
        )
        self.ending.reject(task.request, task.fence, failure, task.lane)
        return Answer(Status.REJECTED, failure.code)
