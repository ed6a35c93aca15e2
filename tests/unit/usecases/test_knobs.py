"""Keeping what knobs say, and turning them while others do."""

import itertools
from collections.abc import Callable

import pytest

from moonwalk.contracts.knobs import BadDocumentError, read_turns, write_turns
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.knob_turns import Turns
from moonwalk.domain.knobs import (
    READ_BY_FUNCTIONS,
    READ_BY_WORKERS,
    KnobQueue,
    concurrency,
    pause,
)
from moonwalk.domain.request import QueueClass
from moonwalk.knob_ports import Reading, Version
from moonwalk.metrics import Metric
from moonwalk.usecases.keep_readers import LOOKS, KeepReaders
from moonwalk.usecases.turn_knob import TurnKnob
from moonwalk.usecases.wake_for_backlog import WakeForBacklog
from moonwalk.usecases.wake_workers import WakeWorkers
from tests.fakes import FakeClock, FakeKnobs, FakeMetrics, FakeWorkers
from tests.unit.usecases.world import World

STANDARD, PRIORITY = KnobQueue.STANDARD, KnobQueue.PRIORITY


class FakeReaders:
    """`Readers` whose queues a deployment may set, and which may fail."""

    def __init__(self) -> None:
        self.readings = dict.fromkeys(READ_BY_FUNCTIONS, Reading(on=True, concurrency=10))
        self.changes = 0
        self.before_change: Callable[[], None] = lambda: None
        self.failing: KnobQueue | None = None

    def look(self, queue: KnobQueue) -> Reading:
        if queue is self.failing:
            raise RetryLater(RetryCode.UNAVAILABLE, "busy")
        return self.readings[queue]

    def change(self, queue: KnobQueue, reading: Reading) -> None:
        self.before_change()
        self.changes += 1
        self.readings[queue] = reading


class FakeBacklog:
    """`HeavyBacklog` with something in some queues, which may fail."""

    def __init__(self) -> None:
        self.waiting: set[KnobQueue] = set()
        self.failing = False

    def waits(self, queue: KnobQueue) -> bool:
        if self.failing:
            raise RetryLater(RetryCode.UNAVAILABLE, "no count")
        return queue in self.waiting


class Keeping:
    """A keeper over fakes."""

    def __init__(self) -> None:
        self.knobs, self.readers, self.metrics = FakeKnobs(), FakeReaders(), FakeMetrics()
        self.backlog, self.workers = FakeBacklog(), FakeWorkers()
        wake = WakeWorkers(self.workers, FakeClock(), self.metrics)
        self.keep = KeepReaders(self.knobs, self.readers, self.metrics)
        self.wake = WakeForBacklog(self.knobs, self.backlog, wake)


def test_a_paused_queue_is_not_read_until_it_is_resumed_and_others_are() -> None:
    world = Keeping()
    world.knobs.turned[pause(STANDARD)] = True
    assert world.keep() == {STANDARD: Reading(on=False, concurrency=10)}
    assert world.readers.readings[PRIORITY].on
    assert world.metrics.total(Metric.QUEUES_PAUSED) == 1
    del world.knobs.turned[pause(STANDARD)]
    assert world.keep() == {STANDARD: Reading(on=True, concurrency=10)}


def test_what_a_deployment_has_set_otherwise_is_put_right_by_the_next_round() -> None:
    world = Keeping()
    world.knobs.turned |= {pause(STANDARD): True, concurrency(PRIORITY): 40}
    world.keep()
    world.readers.readings = dict.fromkeys(READ_BY_FUNCTIONS, Reading(on=True, concurrency=10))
    world.keep()
    assert world.readers.readings[STANDARD] == Reading(on=False, concurrency=10)
    assert world.readers.readings[PRIORITY] == Reading(on=True, concurrency=40)


def test_a_round_that_finds_all_as_it_should_be_changes_nothing() -> None:
    world = Keeping()
    assert world.keep() == {}
    assert world.readers.changes == 0


def test_a_paused_queue_is_left_alone_while_nobody_knows_how_the_knobs_stand() -> None:
    world = Keeping()
    world.readers.readings[STANDARD] = Reading(on=False, concurrency=10)
    world.knobs.known = False
    assert world.keep() == {}


def test_a_refused_switch_leaves_its_queue_as_it_is_read_and_the_number_beside_it_counts() -> None:
    world = Keeping()
    world.readers.readings[STANDARD] = Reading(on=False, concurrency=10)
    world.knobs.refused.add(pause(STANDARD))
    world.knobs.turned[concurrency(STANDARD)] = 7
    assert world.keep() == {STANDARD: Reading(on=False, concurrency=7)}


def test_a_queue_whose_change_fails_does_not_keep_the_others_from_theirs() -> None:
    world = Keeping()
    world.knobs.turned |= {pause(queue): True for queue in READ_BY_FUNCTIONS}
    world.readers.failing = PRIORITY
    with pytest.raises(RetryLater):
        world.keep()
    assert [q for q in READ_BY_FUNCTIONS if world.readers.readings[q].on] == [PRIORITY]


def test_a_knob_that_is_turned_while_a_round_is_under_way_is_not_undone_by_it() -> None:
    world = Keeping()
    world.knobs.turned[pause(STANDARD)] = True
    world.readers.before_change = world.knobs.turned.clear
    assert world.keep() == {STANDARD: Reading(on=True, concurrency=10)}
    assert world.readers.readings[STANDARD].on
    assert world.metrics.total(Metric.QUEUES_PAUSED) == 1


def test_a_round_that_is_always_outrun_ends_all_the_same() -> None:
    world = Keeping()

    def turn() -> None:
        paused = world.knobs.turned.get(pause(STANDARD), False)
        world.knobs.turned[pause(STANDARD)] = not paused

    turn()
    world.readers.before_change = turn
    world.keep()
    assert world.readers.changes == LOOKS


@pytest.mark.parametrize("queue", READ_BY_WORKERS)
def test_what_waits_for_workers_has_one_within_a_minute_whoever_should_have_woken_it(
    queue: KnobQueue,
) -> None:
    world = Keeping()
    world.wake()
    assert world.workers.looks == 0
    world.backlog.waiting = {queue}
    world.wake()
    assert world.workers.wanted == 1


def test_no_worker_is_woken_for_a_queue_that_is_paused() -> None:
    world = Keeping()
    world.backlog.waiting = {KnobQueue.HEAVY_STANDARD}
    world.knobs.turned[pause(KnobQueue.HEAVY_STANDARD)] = True
    world.wake()
    assert world.workers.looks == 0
    world.backlog.waiting.add(KnobQueue.HEAVY_SYMBOLS)
    world.wake()
    assert world.workers.wanted == 1


def test_a_count_that_does_not_come_is_a_failed_round() -> None:
    world = Keeping()
    world.backlog.failing = True
    with pytest.raises(RetryLater, match="no count"):
        world.wake()


def test_a_message_of_a_paused_queue_stays_without_a_claim_and_longer_each_time() -> None:
    world = World()
    world.knobs.turned[pause(STANDARD)] = True
    first, tenth = world.deliver(), world.deliver(tries=10)
    assert first
    assert tenth
    assert 120 <= first.seconds < tenth.seconds
    assert world.fake_ledger.writes == 0
    assert world.metrics.total(Metric.RETRIED, reason="paused") == 2
    assert world.deliver(queue=QueueClass.PRIORITY) is None


def test_the_lane_is_picked_by_the_threshold_as_it_stands_now() -> None:
    world = World()
    world.knobs.turned["lane.light_limit_mib"] = 0
    world.deliver()
    assert len(world.workflows.started) == 1
    assert world.workflows.ran == []


class FakeKnobStore:
    """A `KnobStore` into which others write whenever we are about to."""

    def __init__(self) -> None:
        self.versions: list[str] = []
        self.others: list[Callable[[], None]] = []

    def latest(self) -> Version:
        return self.version(len(self.versions)) if self.versions else Version(0, "")

    def version(self, number: int) -> Version:
        return Version(number, self.versions[number - 1])

    def put(self, text: str, *, first: bool) -> int | None:
        if self.others:
            self.others.pop(0)()
        if first and self.versions:
            return None
        self.versions.append(text)
        return len(self.versions)

    def overwrite(self, text: str) -> Callable[[], None]:
        return lambda: self.versions.append(text)

    @property
    def values(self) -> dict[str, bool | int]:
        return read_turns(self.versions[-1]).values


def turner(store: FakeKnobStore) -> TurnKnob:
    return TurnKnob(store, itertools.count(1000).__next__)


def test_the_first_turn_makes_the_document_and_the_next_one_keeps_it() -> None:
    store = FakeKnobStore()
    turner(store)("pause.standard", True, by="a", why="x")  # noqa: FBT003
    turner(store)("worker.slots", 1, by="b", why="y")
    assert store.values == {"pause.standard": True, "worker.slots": 1}
    turner(store)("worker.slots", None, by="b", why="over")
    assert store.values == {"pause.standard": True}
    assert read_turns(store.versions[-1]).of["worker.slots"].was == 1


@pytest.mark.parametrize("before", [False, True], ids=["first", "later"])
def test_people_who_turn_knobs_at_the_same_time_lose_nobodys_turn(before: bool) -> None:  # noqa: FBT001
    store = FakeKnobStore()
    if before:
        turner(store)("worker.slots", 1, by="z", why="x")
    base = read_turns(store.versions[-1]) if before else Turns({})
    theirs = base.with_turn("pause.priority", True, at=5, by="b", why="y")  # noqa: FBT003
    third = base.with_turn("pause.symbols", True, at=6, by="c", why="y")  # noqa: FBT003
    store.others = [store.overwrite(write_turns(theirs)), store.overwrite(write_turns(third))]
    turner(store)("pause.standard", True, by="a", why="x")  # noqa: FBT003
    paused = {"pause.priority", "pause.standard", "pause.symbols"}
    assert store.values.keys() - {"worker.slots"} == paused


def test_who_never_gets_to_write_alone_is_told_to_try_again() -> None:
    store = FakeKnobStore()
    store.others = [store.overwrite(write_turns(Turns({})))] * 50
    with pytest.raises(RetryLater, match="others turn knobs"):
        turner(store)("pause.standard", True, by="a", why="x")  # noqa: FBT003


def test_a_damaged_document_is_not_overwritten() -> None:
    store = FakeKnobStore()
    store.versions = ["{"]
    with pytest.raises(BadDocumentError, match="version 1: it is no JSON"):
        turner(store)("pause.standard", True, by="a", why="x")  # noqa: FBT003
    assert store.versions == ["{"]
