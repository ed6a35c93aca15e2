"""How a worker's shift ends: told to, or by itself."""

import threading

import pytest

from lambdas.worker import room as room_module
from lambdas.worker import shift as shift_module
from moonwalk.adapters.heavy_queues import HeavyMessage, PackingMessage
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status, Task
from tests.unit.lambdas.working import (
    NEEDED,
    PATIENCE,
    UNAVAILABLE,
    WorkerWorld,
    heavy_message,
    packing_message,
)

pytestmark = pytest.mark.usefixtures("quick_looks")


def test_a_worker_that_has_nothing_in_hand_and_never_any_room_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WorkerWorld()
    world.free["memory"] = NEEDED - 1
    monkeypatch.setattr(room_module, "LASTING_SECONDS", 0.05)
    assert world.work(heavy_message())
    assert len(world.queues.waiting) == 1
    assert world.log.lines("ends, as there is no room to work in")
    assert world.shift.failed


def test_a_worker_that_cannot_go_on_finishes_what_is_in_hand_and_says_that_it_failed() -> None:
    world = WorkerWorld(slots=2)
    failing = threading.Event()

    def wait_until_it_fails(_: Task) -> Answer:
        assert failing.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    def fail() -> None:
        if world.queues.waiting == []:
            failing.set()
            raise OSError(5, "Input/output error")

    world.process.run = wait_until_it_fails
    world.queues.before_receive = fail
    assert world.work(heavy_message())
    assert world.shift.failed
    assert world.queues.deleted == ["receipt-1"]
    assert len(world.log.lines("ends, as it cannot go on")) == 1


def test_a_shift_that_is_over_finishes_what_is_in_hand_and_takes_nothing_more() -> None:
    world = WorkerWorld()

    def stop_meanwhile(_: Task) -> Answer:
        world.shift.stop()
        return Answer(Status.PROCESSED)

    world.process.run = stop_meanwhile
    assert world.work(heavy_message(1), heavy_message(2))
    assert world.queues.deleted == ["receipt-1"]
    assert [waiting.receipt_handle for waiting in world.queues.waiting] == ["receipt-2"]  # type: ignore[union-attr]
    assert world.process.given_back == []
    assert not world.shift.failed


@pytest.mark.parametrize("message", [heavy_message(), packing_message()], ids=["crash", "pack"])
def test_what_comes_after_it_was_told_to_stop_is_shown_again_and_not_begun(
    message: HeavyMessage | PackingMessage,
) -> None:
    world = WorkerWorld()
    world.queues.before_receive = world.shift.stop
    assert world.work(message)
    assert world.queues.was_over == [True]
    shown = [delay[-2:] for delay in (*world.visibility.delays, *world.queues.delays)]
    assert shown == [(message.receipt_handle, 0)]
    assert (world.answers.given, world.queues.deleted) == ([], [])
    assert (world.process.given_back, world.leases.given_back) == ([], 0)


def test_the_time_to_finish_counts_from_when_it_was_told_not_from_when_it_has_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WorkerWorld(slots=2)
    world.working.drain_seconds = 100.0
    now = [1000.0]
    monkeypatch.setattr(world.shift, "_now", lambda: now[0])
    given: list[float | None] = []

    def wait(in_hand: object, timeout: float) -> tuple[set[object], set[object]]:  # noqa: ARG001
        given.append(timeout)
        return set(), set()

    def look_long() -> None:
        world.shift.stop()
        now[0] += 30
        world.shift.stop()

    monkeypatch.setattr(shift_module, "wait", wait)
    world.queues.before_receive = look_long
    assert world.work()
    assert given == [70.0]


def test_what_is_not_finished_when_the_drain_ends_is_given_back_at_once() -> None:
    world = WorkerWorld(slots=2)
    world.working.drain_seconds = 0.05
    both, finish = threading.Barrier(2), threading.Event()

    def hang(_: Task) -> Answer:
        both.wait(PATIENCE)
        world.shift.stop()
        assert finish.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    world.process.run = hang
    first, second = heavy_message(1), heavy_message(2)
    try:
        assert not world.work(first, second)
        assert sorted(world.process.given_back) == sorted([first.task.name, second.task.name])
        assert sorted(world.visibility.delays) == [
            (QueueClass.STANDARD, "receipt-1", 0),
            (QueueClass.STANDARD, "receipt-2", 0),
        ]
        assert [line["given_back"] for line in world.log.lines("stopped")] == [2]
    finally:
        finish.set()
        world.shift._threads.shutdown()


def test_a_crash_that_hangs_is_shown_again_and_its_start_counts() -> None:
    world = WorkerWorld()
    world.working.drain_seconds = 0.05
    world.progress.work(stall_seconds=0.01, packing_seconds=PATIENCE)
    finish = threading.Event()

    def hang(_: Task) -> Answer:
        world.shift.stop()
        assert finish.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    world.process.run = hang
    try:
        assert not world.work(heavy_message())
        assert world.process.given_back == []
        assert world.visibility.delays == [(QueueClass.STANDARD, "receipt-1", 0)]
        assert len(world.log.lines("hangs, and is not given back")) == 1
    finally:
        finish.set()
        world.shift._threads.shutdown()


def test_a_task_that_cannot_be_given_back_is_logged_and_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WorkerWorld()
    world.working.drain_seconds = 0.05
    finish = threading.Event()

    def hang(_: Task) -> Answer:
        world.shift.stop()
        assert finish.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    def fail(_: Task) -> None:
        raise UNAVAILABLE

    world.process.run = hang
    monkeypatch.setattr(world.process, "give_back", fail)
    try:
        assert not world.work(heavy_message())
        assert [line["code"] for line in world.log.lines("not given back")] == ["unavailable"]
    finally:
        finish.set()
        world.shift._threads.shutdown()
