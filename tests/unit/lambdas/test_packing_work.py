"""A worker packs what was too much for the function, one at a time, beside its crashes."""

import threading

import pytest

from moonwalk.domain.task import Answer, Status
from moonwalk.usecases.dispatch import Later
from tests.unit.lambdas.working import PATIENCE, WorkerWorld, heavy_message, packing_message

pytestmark = pytest.mark.usefixtures("quick_looks")


def test_symbols_are_packed_and_their_message_deleted() -> None:
    world = WorkerWorld()
    packed: list[str] = []
    world.pack = packed.append
    assert world.work(packing_message())
    assert packed == ["body-1"]
    assert (world.queues.deleted, world.queues.delays) == (["receipt-p1"], [])


def test_a_message_that_has_to_wait_is_hidden_for_so_long_and_stays() -> None:
    world = WorkerWorld()
    world.pack = lambda _: Later(77.0, "a source is unwell")
    assert world.work(packing_message())
    assert (world.queues.deleted, world.queues.delays) == ([], [("receipt-p1", 77.0)])


def test_message_and_lease_are_kept_while_it_is_packed() -> None:
    world = WorkerWorld()
    world.working.visibility_seconds = 0.03

    def pack(_: str) -> None:
        until = threading.Event()
        while len(world.queues.delays) < 3:
            assert not until.wait(0.01)

    world.pack = pack
    assert world.work(packing_message())
    assert set(world.queues.delays) == {("receipt-p1", 0.03)}
    assert world.leases.renewed >= 2
    assert world.queues.deleted == ["receipt-p1"]


def test_packing_that_breaks_frees_its_slot_and_its_message_comes_back() -> None:
    world = WorkerWorld()

    def fail(_: str) -> None:
        raise ZeroDivisionError

    world.pack = fail
    assert world.work(packing_message(), heavy_message())
    assert world.queues.deleted == ["receipt-1"]
    assert [line["task"] for line in world.log.lines("a task ended in silence")] == ["p1"]


@pytest.mark.parametrize("slots", [1, 2])
def test_one_is_packed_at_a_time_and_crashes_have_all_slots_meanwhile(slots: int) -> None:
    world = WorkerWorld(slots)
    walked = threading.Event()
    walking = threading.Barrier(slots)
    lock = threading.Lock()

    def walk(_: object) -> Answer:
        walking.wait(PATIENCE)
        walked.set()
        return Answer(Status.PROCESSED)

    def pack(_: str) -> None:
        assert lock.acquire(blocking=False), "two are packed at once"
        assert walked.wait(PATIENCE), "a crash waits for symbols to be packed"
        lock.release()

    world.process.run = walk
    world.pack = pack
    crashes = [heavy_message(number) for number in range(slots)]
    assert world.work(packing_message(1), packing_message(2), *crashes)
    assert len(world.queues.deleted) == slots + 2
    assert world.log.lines("a task ended in silence") == []


def test_symbols_are_packed_although_all_slots_are_taken() -> None:
    world = WorkerWorld()
    packed = threading.Event()

    def walk(_: object) -> Answer:
        assert packed.wait(PATIENCE)
        return Answer(Status.PROCESSED)

    world.process.run = walk
    world.pack = lambda _: packed.set()
    assert world.work(heavy_message(), packing_message())
    assert sorted(world.queues.deleted) == ["receipt-1", "receipt-p1"]


def test_what_is_not_packed_when_the_drain_ends_is_given_back_at_once() -> None:
    world = WorkerWorld()
    world.working.drain_seconds = 0.05
    finish = threading.Event()

    def hang(_: str) -> None:
        world.shift.stop()
        assert finish.wait(PATIENCE)

    world.pack = hang
    try:
        assert not world.work(packing_message())
        assert world.queues.delays == [("receipt-p1", 0)]
        assert world.leases.given_back == 1
        assert world.process.given_back == []
    finally:
        finish.set()
        world.shift._threads.shutdown()
