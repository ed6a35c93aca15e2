"""A worker over fakes: its queues are a list, and it is told to stop when that is empty."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from lambdas.worker.progress import Progress
from lambdas.worker.shift import Shift
from lambdas.worker.standing import Standing, StandingFile
from moonwalk.adapters.heavy_queues import (
    HeavyMessage,
    PackingMessage,
    UnreadableMessageError,
)
from moonwalk.composition.working import Working
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.request import Message, QueueClass
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.usecases.dispatch import Later
from tests.builders import NOW, crash_id, request, task
from tests.fakes import FakeVisibility
from tests.unit.lambdas.functions import Log

PATIENCE = 20.0
"""Seconds until a test that waits for another thread has failed."""


def heavy_message(number: int = 1, token: str | None = None) -> HeavyMessage:
    """Build a message with the task of one of a million crashes."""
    made = task(request=request(crash_id=crash_id(number)), lane=Lane.HEAVY)
    return HeavyMessage(QueueClass.STANDARD, f"receipt-{number}", made, token or f"token-{number}")


Waiting = HeavyMessage | PackingMessage | RetryLater | UnreadableMessageError


def packing_message(number: int = 1) -> PackingMessage:
    """Build a message that asks for symbols to be packed."""
    return PackingMessage(f"receipt-p{number}", f"body-{number}", Message(f"p{number}", NOW, 1))


class FakeHeavyQueues:
    """Gives what is waiting, raises what is an error, and says when there is nothing left."""

    def __init__(self, on_empty: Callable[[], None]) -> None:
        self.waiting: list[Waiting] = []
        self.delays: list[tuple[str, float]] = []
        self.before_receive: Callable[[], None] = lambda: None
        self.deleted: list[str] = []
        self._on_empty = on_empty

    def receive(self, wait_seconds: int, *, packs: bool) -> HeavyMessage | PackingMessage | None:
        assert wait_seconds > 0, "an idle worker would spin"
        self.before_receive()
        if not self.waiting:
            self._on_empty()
            return None
        if isinstance(self.waiting[0], PackingMessage) and not packs:
            return None
        found = self.waiting.pop(0)
        if isinstance(found, HeavyMessage | PackingMessage):
            return found
        raise found

    def delete_packing(self, message: PackingMessage) -> None:
        self.deleted.append(message.receipt_handle)

    def delay_packing(self, message: PackingMessage, seconds: float) -> None:
        self.delays.append((message.receipt_handle, seconds))

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


class FakeStandingFile:
    """Remembers what was written."""

    def __init__(self) -> None:
        self.written: list[Standing] = []

    def write(self, standing: Standing) -> None:
        self.written.append(standing)


class WorkerWorld:
    """A shift and all that is around it."""

    def __init__(self, slots: int = 1) -> None:
        self.process = FakeProcessHeavy()
        self.answers, self.visibility = FakeAnswers(), FakeVisibility()
        self.queues = FakeHeavyQueues(on_empty=self._stop)
        self.flush: Callable[[], None] = lambda: None
        self.pack: Callable[[str], Later | None] = lambda _: None
        self.log = Log()
        walking = SimpleNamespace(
            process_heavy=self.process, metrics=SimpleNamespace(flush=self._flush)
        )
        working = SimpleNamespace(
            walking=walking,
            packing=SimpleNamespace(
                pack_symbols=self._pack, metrics=SimpleNamespace(flush=self._flush)
            ),
            queues=self.queues,
            answers=self.answers,
            visibility=self.visibility,
            visibility_seconds=300.0,
            slots=slots,
        )
        self.working: Any = working
        self.standing = FakeStandingFile()
        self.progress = Progress(cast("StandingFile", self.standing), self.log.logger)
        self.shift = Shift(cast("Working", working), self.log.logger, self.progress)

    def work(self, *waiting: Waiting) -> bool:
        """Work until the queues are empty, or something else stops the shift."""
        self.queues.waiting += waiting
        return self.shift.work()

    def _pack(self, body: str, _: Message) -> Later | None:
        return self.pack(body)

    def _stop(self) -> None:
        self.shift.stop()

    def _flush(self) -> None:
        self.flush()
