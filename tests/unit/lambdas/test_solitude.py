"""A worker with a crash on its last start does nothing beside it."""

import threading
from dataclasses import replace

import pytest

from moonwalk.adapters.heavy_queues import HeavyMessage
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status, Task
from tests.unit.lambdas.working import (
    PATIENCE,
    UNAVAILABLE,
    WorkerWorld,
    heavy_message,
    packing_message,
)

pytestmark = pytest.mark.usefixtures("quick_looks")

WAITS = "waits to be alone for its last start"
ROUNDS = 3
"""Of the loop, in which it would have begun something else."""


class Rounds:
    """Counts how often the loop found nothing to begin, and lets a task wait for some more."""

    def __init__(self, world: WorkerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        self._passed = threading.Semaphore(0)
        monkeypatch.setattr(world.shift._freed, "wait", self._pass)

    def go_by(self) -> None:
        for _ in range(ROUNDS):
            assert self._passed.acquire(timeout=PATIENCE)

    def _pass(self, seconds: float) -> bool:
        self._passed.release()
        return threading.Event().wait(seconds / 100)


def again(number: int) -> HeavyMessage:
    """Build a message that was received before."""
    return replace(heavy_message(number), tries=3)


def test_a_last_start_waits_for_what_is_in_hand_and_then_has_the_worker_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WorkerWorld(slots=3)
    rounds = Rounds(world, monkeypatch)
    last = again(2)
    world.process.is_last_start = lambda task: task == last.task
    events: list[str] = []

    def run(task: Task) -> Answer:
        events.append(f"begin {task.request.crash_id}")
        if task != third.task:
            rounds.go_by()
        events.append(f"end {task.request.crash_id}")
        return Answer(Status.PROCESSED)

    world.process.run = run
    first, third = heavy_message(1), heavy_message(3)
    assert world.work(first, last, third)
    assert events == [
        f"{what} {message.task.request.crash_id}"
        for message in (first, last, third)
        for what in ("begin", "end")
    ]
    assert len(world.log.lines(WAITS)) == 1


def test_a_last_start_waits_for_symbols_that_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    world = WorkerWorld()
    rounds = Rounds(world, monkeypatch)
    events: list[str] = []
    world.process.is_last_start = lambda _: True

    def pack(_: str) -> None:
        rounds.go_by()
        events.append("packed")

    def run(_: Task) -> Answer:
        events.append("walked")
        return Answer(Status.PROCESSED)

    world.pack, world.process.run = pack, run
    assert world.work(packing_message(), again(1))
    assert events == ["packed", "walked"]


def test_while_it_waits_its_message_stays_invisible(monkeypatch: pytest.MonkeyPatch) -> None:
    world = WorkerWorld(slots=2)
    world.working.visibility_seconds = 0.03
    rounds = Rounds(world, monkeypatch)
    world.process.is_last_start = lambda _: True

    def is_renewed() -> bool:
        return any(receipt == "receipt-2" for _, receipt, _ in world.visibility.delays)

    def run(task: Task) -> Answer:
        while task == heavy_message(1).task and not is_renewed():
            rounds.go_by()
        return Answer(Status.PROCESSED)

    world.process.run = run
    assert world.work(heavy_message(1), again(2))
    assert world.queues.deleted == ["receipt-1", "receipt-2"]
    assert not [thread for thread in threading.enumerate() if thread.name == "hold"]


def test_a_worker_that_is_told_to_stop_shows_the_one_that_waits_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WorkerWorld(slots=2)
    rounds = Rounds(world, monkeypatch)
    world.process.is_last_start = lambda _: True

    def run(task: Task) -> Answer:
        assert task == heavy_message(1).task, "it was begun all the same"
        while not world.log.lines(WAITS):
            rounds.go_by()
        world.shift.stop()
        return Answer(Status.PROCESSED)

    world.process.run = run
    assert world.work(heavy_message(1), again(2))
    assert world.queues.deleted == ["receipt-1"]
    assert world.visibility.delays == [(QueueClass.STANDARD, "receipt-2", 0)]
    assert world.process.given_back == []


def test_a_crash_that_was_never_received_before_costs_no_look_into_the_ledger() -> None:
    world = WorkerWorld(slots=2)
    looks: list[Task] = []

    def look(task: Task) -> bool:
        looks.append(task)
        return False

    world.process.is_last_start = look
    assert world.work(heavy_message(1), again(2))
    assert looks == [again(2).task]
    assert len(world.answers.given) == 2


def test_a_start_of_which_the_ledger_does_not_tell_is_made_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WorkerWorld(slots=2)
    rounds = Rounds(world, monkeypatch)
    running: list[Task] = []

    def fail(_: Task) -> bool:
        raise UNAVAILABLE

    def run(task: Task) -> Answer:
        running.append(task)
        rounds.go_by()
        assert running == [task]
        running.remove(task)
        return Answer(Status.PROCESSED)

    world.process.is_last_start, world.process.run = fail, run
    assert world.work(heavy_message(1), again(2))
    assert len(world.answers.given) == 2
    assert world.log.lines("starts not known")
