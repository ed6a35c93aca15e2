"""A worker's shift: a task in its slot, its visibility and its answer."""

import threading
from dataclasses import replace

import pytest

from moonwalk.adapters.heavy_queues import HeavyMessage
from moonwalk.domain.failures import RetryCode
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status, Task
from tests.fakes import FakeVisibility
from tests.unit.lambdas.working import PATIENCE, UNAVAILABLE, WorkerWorld, heavy_message


def test_a_task_is_answered_once_and_its_message_deleted() -> None:
    world = WorkerWorld()
    assert world.work(heavy_message())
    assert world.answers.given == [("token-1", Answer(Status.PROCESSED))]
    assert world.queues.deleted == ["receipt-1"]
    assert world.visibility.delays == []
    assert world.process.given_back == []


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


def test_an_answered_crash_whose_message_cannot_be_deleted_is_told_as_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = WorkerWorld()

    def fail(_: HeavyMessage) -> None:
        raise UNAVAILABLE

    monkeypatch.setattr(world.queues, "delete", fail)
    assert world.work(heavy_message())
    assert len(world.log.lines("answered")) == 1
    assert world.log.lines("tried later") == []
    assert [line["code"] for line in world.log.lines("not deleted")] == ["unavailable"]
