"""A worker's shift: slots, visibility, answers, and how it ends."""

import threading
from dataclasses import replace

import pytest

from lambdas.worker import shift as shift_module
from moonwalk.adapters.heavy_queues import UnreadableMessageError
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status, Task
from tests.fakes import FakeVisibility
from tests.unit.lambdas.working import PATIENCE, WorkerWorld, heavy_message

UNAVAILABLE = RetryLater(RetryCode.UNAVAILABLE, "no route")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shift_module, "TROUBLE_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(shift_module, "SLOT_LOOK_SECONDS", 0.01)


def test_a_task_is_answered_once_and_its_message_deleted() -> None:
    world = WorkerWorld()
    assert world.work(heavy_message())
    assert world.answers.given == [("token-1", Answer(Status.PROCESSED))]
    assert world.queues.deleted == ["receipt-1"]
    assert world.visibility.delays == []
    assert world.process.given_back == []


def test_no_more_tasks_are_taken_than_there_are_slots_and_these_run_side_by_side() -> None:
    world = WorkerWorld(slots=2)
    together, lock = threading.Barrier(2), threading.Lock()
    running: list[str] = []
    most: list[int] = []

    def run(task: Task) -> Answer:
        with lock:
            running.append(task.name)
            most.append(len(running))
        together.wait(PATIENCE)
        with lock:
            running.remove(task.name)
        return Answer(Status.PROCESSED)

    world.process.run = run
    world.queues.before_receive = lambda: most.append(len(running) + 1)
    assert world.work(*map(heavy_message, range(6)))
    assert max(most) == 2
    assert len(world.answers.given) == 6


def test_a_message_stays_invisible_while_its_task_is_worked_on_and_no_longer() -> None:
    world = WorkerWorld()
    world.working.visibility_seconds = 0.03
    renewed = threading.Event()

    class Counting(FakeVisibility):
        def delay(self, queue: QueueClass, receipt_handle: str, seconds: float) -> bool:
            super().delay(queue, receipt_handle, seconds)
            if len(self.delays) == 3:
                renewed.set()
            return True

    world.working.visibility = world.visibility = Counting()

    def run(_: Task) -> Answer:
        assert renewed.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    world.process.run = run
    world.work(heavy_message())
    assert len(world.answers.given) == 1
    assert set(world.visibility.delays) == {(QueueClass.STANDARD, "receipt-1", 0.03)}
    assert not [thread for thread in threading.enumerate() if thread.name == "hold"]


def test_a_renewal_that_fails_does_not_end_the_next_ones() -> None:
    world = WorkerWorld()
    world.working.visibility_seconds = 0.03
    tried_twice = threading.Event()

    class Failing(FakeVisibility):
        def delay(self, queue: QueueClass, receipt_handle: str, seconds: float) -> bool:
            super().delay(queue, receipt_handle, seconds)
            if len(self.delays) == 2:
                tried_twice.set()
            raise UNAVAILABLE

    world.working.visibility = Failing()

    def run(_: Task) -> Answer:
        assert tried_twice.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    world.process.run = run
    world.work(heavy_message())
    assert len(world.answers.given) == 1
    assert world.log.lines("visibility not changed")


@pytest.mark.parametrize(("tries", "pause"), [(1, 30), (2, 60), (4, 240), (19, 900)])
def test_a_task_that_the_world_failed_is_shown_again_later_and_not_answered(
    tries: int, pause: float
) -> None:
    world = WorkerWorld()

    def fail(_: Task) -> Answer:
        raise UNAVAILABLE

    world.process.run = fail
    assert world.work(replace(heavy_message(), tries=tries))
    assert (world.answers.given, world.queues.deleted) == ([], [])
    [(queue, receipt, seconds)] = world.visibility.delays
    assert (queue, receipt) == (QueueClass.STANDARD, "receipt-1")
    assert pause / 2 <= seconds <= pause
    assert [line["code"] for line in world.log.lines("tried later")] == [RetryCode.UNAVAILABLE]


def test_a_task_that_ends_in_silence_frees_its_slot_and_waits_for_its_visibility() -> None:
    world = WorkerWorld()

    def break_once(task: Task) -> Answer:
        world.process.run = lambda _: Answer(Status.PROCESSED)
        raise ZeroDivisionError(task.name)

    world.process.run = break_once
    assert world.work(heavy_message(1), heavy_message(2))
    assert [token for token, _ in world.answers.given] == ["token-2"]
    assert world.visibility.delays == []
    assert len(world.log.lines("a task ended in silence")) == 1


def test_metrics_that_cannot_be_printed_cost_no_slot() -> None:
    world = WorkerWorld()

    def fail() -> None:
        raise BrokenPipeError

    world.flush = fail
    assert world.work(heavy_message(1), heavy_message(2))
    assert world.queues.deleted == ["receipt-1", "receipt-2"]


def test_a_message_that_cannot_be_read_is_left_for_the_dead_letter_queue() -> None:
    world = WorkerWorld()
    assert world.work(UnreadableMessageError("message 7: no JSON"), heavy_message())
    assert world.queues.deleted == ["receipt-1"]
    [line] = world.log.lines("left for the dead-letter queue")
    assert line["detail"] == "message 7: no JSON"


def test_queues_out_of_reach_are_asked_again() -> None:
    world = WorkerWorld()
    assert world.work(UNAVAILABLE, heavy_message())
    assert world.queues.deleted == ["receipt-1"]
    assert world.log.lines("nothing received")


def test_a_task_that_nobody_waits_for_is_let_go() -> None:
    world = WorkerWorld()
    world.answers.waited_for = False
    assert world.work(heavy_message())
    assert world.queues.deleted == ["receipt-1"]
    assert [line["waited_for"] for line in world.log.lines("answered")] == [False]


def test_a_task_token_is_never_logged() -> None:
    world = WorkerWorld()
    world.work(heavy_message(token="s3cret-token"))
    assert world.log.lines("answered")
    assert "s3cret" not in world.log.printed.getvalue()


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


def test_what_is_not_finished_when_the_drain_ends_is_given_back_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shift_module, "DRAIN_SECONDS", 0.05)
    world = WorkerWorld(slots=2)
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


def test_a_task_that_cannot_be_given_back_is_logged_and_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shift_module, "DRAIN_SECONDS", 0.05)
    world = WorkerWorld()
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
