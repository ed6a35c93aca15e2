"""What a worker's shift takes, and when it takes nothing."""

import threading

import pytest

from moonwalk.adapters.heavy_queues import UnreadableMessageError
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.metrics import Metric
from tests.unit.lambdas.working import (
    MOST_SLOTS,
    NEEDED,
    PATIENCE,
    UNAVAILABLE,
    WorkerWorld,
    heavy_message,
)

pytestmark = pytest.mark.usefixtures("quick_looks")


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


def test_a_worker_takes_more_as_soon_as_it_is_given_more_slots() -> None:
    world = WorkerWorld(slots=1)
    together = threading.Barrier(MOST_SLOTS)

    def run(_: Task) -> Answer:
        world.slots = MOST_SLOTS
        together.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    world.process.run = run
    assert world.work(*map(heavy_message, range(MOST_SLOTS)))
    assert len(world.answers.given) == MOST_SLOTS
    assert world.log.lines("a task ended in silence") == []


def test_a_worker_with_fewer_slots_than_crashes_in_hand_finishes_these_before_it_takes_more() -> (
    None
):
    world = WorkerWorld(slots=2)
    both = threading.Barrier(2)
    running: list[str] = []
    beside: list[int] = []

    def run(task: Task) -> Answer:
        running.append(task.name)
        if world.slots == 2:
            both.wait(PATIENCE)
            world.slots = 1
            both.wait(PATIENCE)
        else:
            beside.append(len(running))
        running.remove(task.name)
        return Answer(Status.PROCESSED)

    world.process.run = run
    assert world.work(*map(heavy_message, range(4)))
    assert len(world.answers.given) == 4
    assert beside == [1, 1]


def test_reprocessing_leaves_a_slot_to_a_fresh_crash() -> None:
    world = WorkerWorld(slots=3)
    fresh = threading.Event()
    bulk: list[str] = []
    bulk_taken = threading.Barrier(3)

    def run(task: Task) -> Answer:
        if task.name == waiting[-1].task.name:
            bulk_taken.wait(PATIENCE)
            fresh.set()
        else:
            bulk.append(task.name)
            if len(bulk) <= 2:
                bulk_taken.wait(PATIENCE)
            assert fresh.wait(PATIENCE), "all slots are taken by reprocessing"
        return Answer(Status.PROCESSED)

    waiting = [heavy_message(number, queue=QueueClass.REPROCESSING) for number in range(4)]
    waiting.append(heavy_message(9, queue=QueueClass.STANDARD))
    world.process.run = run
    assert world.work(*waiting)
    assert len(world.queues.deleted) == 5
    assert world.log.lines("a task ended in silence") == []


def test_a_message_that_cannot_be_read_is_left_for_the_dead_letter_queue() -> None:
    world = WorkerWorld()
    assert world.work(UnreadableMessageError("message 7: no JSON"), heavy_message())
    assert world.queues.deleted == ["receipt-1"]
    [line] = world.log.lines("left for the dead-letter queue")
    assert line["detail"] == "message 7: no JSON"


@pytest.mark.parametrize("resource", ["memory", "scratch"])
def test_nothing_is_taken_while_what_a_slot_needs_is_not_free_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, resource: str
) -> None:
    world = WorkerWorld()
    world.free[resource] = NEEDED - 1
    looks: list[str] = []

    def wait(seconds: float) -> bool:
        looks.append(f"{len(world.queues.waiting)} waiting")
        if len(looks) == 3:
            world.free[resource] = NEEDED
        return seconds > 0

    monkeypatch.setattr(world.shift._freed, "wait", wait)
    assert world.work(heavy_message())
    assert looks[:3] == ["1 waiting"] * 3
    assert world.queues.deleted == ["receipt-1"]
    [line] = world.log.lines("no room for more")
    assert (line["short_of"], line["needed"]) == ([resource], {resource: NEEDED})
    assert len(world.log.lines("room again")) == 1
    assert world.metrics.total(Metric.WORKER_SHORT_OF, resource=resource) == 1


def test_queues_out_of_reach_are_asked_again() -> None:
    world = WorkerWorld()
    assert world.work(UNAVAILABLE, heavy_message())
    assert world.queues.deleted == ["receipt-1"]
    assert world.log.lines("nothing received")
