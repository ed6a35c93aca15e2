"""A worker over fakes: its queues are a list, and it is told to stop when that is empty."""

from collections.abc import Callable, Collection
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
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.request import Message, QueueClass
from moonwalk.domain.slots import Slots
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.usecases.dispatch import Later
from tests.builders import NOW, crash_id, request, task
from tests.fakes import FakeMetrics, FakeVisibility
from tests.unit.lambdas.functions import Log

NEEDED = 100
"""Of each resource, before a worker takes more."""
MOST_SLOTS = 4
"""As far as the knob goes."""
PATIENCE = 20.0
"""Seconds until a test that waits for another thread has failed."""
UNAVAILABLE = RetryLater(RetryCode.UNAVAILABLE, "no route")


def heavy_message(
    number: int = 1, token: str | None = None, queue: QueueClass = QueueClass.STANDARD
) -> HeavyMessage:
    """Build a message with the task of one of a million crashes."""
    made = task(request=request(crash_id=crash_id(number)), lane=Lane.HEAVY)
    return HeavyMessage(queue, f"receipt-{number}", made, token or f"token-{number}")


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
        self.was_over: list[bool] = []
        self._on_empty = on_empty

    def receive(
        self,
        classes: Collection[QueueClass],
        *,
        packs: bool,
        seconds: int,
        is_over: Callable[[], bool],
    ) -> HeavyMessage | PackingMessage | None:
        assert seconds > 0, "an idle worker would spin"
        self.before_receive()
        self.was_over.append(is_over())
        if not self.waiting:
            self._on_empty()
            return None
        wanted = (at for at, each in enumerate(self.waiting) if _is_wanted(each, classes, packs))
        at = next(wanted, None)
        if at is None:
            return None
        found = self.waiting.pop(at)
        if isinstance(found, HeavyMessage | PackingMessage):
            return found
        raise found

    def delete_packing(self, message: PackingMessage) -> None:
        self.deleted.append(message.receipt_handle)

    def delay_packing(self, message: PackingMessage, seconds: float) -> bool:
        self.delays.append((message.receipt_handle, seconds))
        return True

    def delete(self, message: HeavyMessage) -> None:
        self.deleted.append(message.receipt_handle)


def _is_wanted(waiting: Waiting, classes: Collection[QueueClass], packs: bool) -> bool:  # noqa: FBT001
    if isinstance(waiting, PackingMessage):
        return packs
    return not isinstance(waiting, HeavyMessage) or waiting.queue in classes


class FakeLeases:
    """Counts what is done with the leases of a process."""

    def __init__(self) -> None:
        self.renewed = 0
        self.given_back = 0

    def renew(self) -> None:
        self.renewed += 1

    def give_all_back(self) -> None:
        self.given_back += 1


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
        self.is_last_start: Callable[[Task], bool] = lambda _: False

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
        self.slots = slots
        self.process = FakeProcessHeavy()
        self.answers, self.visibility = FakeAnswers(), FakeVisibility()
        self.queues = FakeHeavyQueues(on_empty=self._stop)
        self.leases, self.metrics = FakeLeases(), FakeMetrics()
        self.free = {"memory": 1000, "scratch": 1000}
        self.flush: Callable[[], None] = lambda: None
        self.pack: Callable[[str], Later | None] = lambda _: None
        self.log = Log()
        walking = SimpleNamespace(
            process_heavy=self.process,
            metrics=SimpleNamespace(flush=self._flush, add=self.metrics.add),
        )
        working = SimpleNamespace(
            walking=walking,
            packing=SimpleNamespace(
                pack_symbols=self._pack,
                leases=self.leases,
                metrics=SimpleNamespace(flush=self._flush),
            ),
            queues=self.queues,
            answers=self.answers,
            visibility=self.visibility,
            visibility_seconds=300.0,
            drain_seconds=PATIENCE,
            slots=lambda: Slots(
                {
                    QueueClass.PRIORITY: self.slots,
                    QueueClass.STANDARD: self.slots,
                    QueueClass.REPROCESSING: max(1, self.slots - 1),
                }
            ),
            most_slots=MOST_SLOTS,
            needed={name: (lambda name=name: self.free[name], NEEDED) for name in self.free},
            task_protection=None,
        )
        self.working: Any = working
        self.standing = FakeStandingFile()
        self.progress = Progress(cast("StandingFile", self.standing), self.log.logger)
        self.progress.work(stall_seconds=PATIENCE, packing_seconds=PATIENCE)
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
