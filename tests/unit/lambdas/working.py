"""A worker over fakes: its queues are a list, and it is told to stop when that is empty."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from lambdas.worker.shift import Shift
from moonwalk.adapters.heavy_queues import HeavyMessage, UnreadableMessageError
from moonwalk.composition.working import Working
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status, Task
from tests.builders import crash_id, request, task
from tests.fakes import FakeVisibility
from tests.unit.lambdas.functions import Log

PATIENCE = 20.0
"""Seconds until a test that waits for another thread has failed."""


def heavy_message(number: int = 1, token: str | None = None) -> HeavyMessage:
    """Build a message with the task of one of a million crashes."""
    made = task(request=request(crash_id=crash_id(number)), lane=Lane.HEAVY)
    return HeavyMessage(QueueClass.STANDARD, f"receipt-{number}", made, token or f"token-{number}")


class FakeHeavyQueues:
    """Gives what is waiting, raises what is an error, and says when there is nothing left."""

    def __init__(self, on_empty: Callable[[], None]) -> None:
        self.waiting: list[HeavyMessage | RetryLater | UnreadableMessageError] = []
        self.before_receive: Callable[[], None] = lambda: None
        self.deleted: list[str] = []
        self._on_empty = on_empty

    def receive(self, wait_seconds: int) -> HeavyMessage | None:
        assert wait_seconds > 0, "an idle worker would spin"
        self.before_receive()
        if not self.waiting:
            self._on_empty()
            return None
        found = self.waiting.pop(0)
        if isinstance(found, HeavyMessage):
            return found
        raise found

    def delete(self, message: HeavyMessage) -> None:
        self.deleted.append(message.receipt_handle)


class FakeAnswers:
    """Remembers what was answered under which token."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Answer]] = []
        self.waited_for = True

    def give(self, token: str, answer: Answer) -> bool:
        self.given.append((token, answer))
        return self.waited_for


class FakeProcessHeavy:
    """Does with a task what a test says."""

    def __init__(self) -> None:
        self.run: Callable[[Task], Answer] = lambda _: Answer(Status.PROCESSED)
        self.given_back: list[str] = []

    def __call__(self, given: Task) -> Answer:
        return self.run(given)

    def give_back(self, given: Task) -> None:
        self.given_back.append(given.name)


class WorkerWorld:
    """A shift and all that is around it."""

    def __init__(self, slots: int = 1) -> None:
        self.process = FakeProcessHeavy()
        self.answers, self.visibility = FakeAnswers(), FakeVisibility()
        self.queues = FakeHeavyQueues(on_empty=self._stop)
        self.flush: Callable[[], None] = lambda: None
        self.log = Log()
        walking = SimpleNamespace(
            process_heavy=self.process, metrics=SimpleNamespace(flush=self._flush)
        )
        working = SimpleNamespace(
            walking=walking,
            queues=self.queues,
            answers=self.answers,
            visibility=self.visibility,
            visibility_seconds=300.0,
            slots=slots,
        )
        self.working: Any = working
        self.shift = Shift(cast("Working", working), self.log.logger)

    def work(self, *waiting: HeavyMessage | RetryLater | UnreadableMessageError) -> bool:
        """Work until the queues are empty, or something else stops the shift."""
        self.queues.waiting += waiting
        return self.shift.work()

    def _stop(self) -> None:
        self.shift.stop()

    def _flush(self) -> None:
        self.flush()
