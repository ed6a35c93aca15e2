"""Late crashes: put back a bounded number of times, then failed with a reason."""

import pytest

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.ledger import Again, LedgerEntry, State
from moonwalk.domain.request import QueueClass, Ruleset
from moonwalk.domain.task import Answer, Task
from moonwalk.metrics import Metric
from tests.builders import CRASH_ID, DUE_AFTER, NOW, crash_id, entry
from tests.unit.usecases.world import HEAVY_DUE_AFTER, PATIENCE, DispatcherDiedError, World


@pytest.fixture
def world() -> World:
    """A world in which the dispatcher died with a claimed crash in hand."""
    made = World()
    made.lose_the_answer()
    with pytest.raises(DispatcherDiedError):
        made.deliver(queue=QueueClass.PRIORITY)
    return made


def late(world: World) -> int:
    world.clock.advance(DUE_AFTER)
    return world.reconcile()


def test_a_crash_before_its_due_time_is_left_alone(world: World) -> None:
    world.clock.advance(DUE_AFTER - 1)
    assert world.reconcile() == 0
    assert world.requests.sent == []


def test_each_round_tells_how_much_is_in_flight_and_how_late_the_latest_is(world: World) -> None:
    world.reconcile()
    assert world.metrics.recorded[-2:] == [(Metric.OLDEST_DUE, 0, {}), (Metric.IN_FLIGHT, 1, {})]
    world.clock.advance(DUE_AFTER + 40)
    world.reconcile()
    assert world.metrics.total(Metric.OLDEST_DUE) == 40
    assert world.metrics.total(Metric.IN_FLIGHT) == 2


def test_a_late_crash_is_put_back_where_it_came_from_and_processed(world: World) -> None:
    assert late(world) == 1
    assert [queue for queue, _ in world.requests.sent] == [QueueClass.PRIORITY]
    world.workflows.answer = world.process
    world.deliver_sent()
    assert (world.entry.state, world.entry.fence.attempt) == (State.PROCESSED, 2)


def test_a_crash_that_waits_in_its_queue_is_not_counted_as_lost_again(world: World) -> None:
    late(world)
    assert late(world) == 0
    world.clock.advance(PATIENCE)
    assert world.reconcile() == 1
    assert world.entry.put_backs == 0


def test_a_second_put_back_of_the_same_attempt_is_harmless(world: World) -> None:
    late(world)
    world.clock.advance(PATIENCE)
    world.reconcile()
    world.workflows.answer = world.process
    world.deliver_sent()
    assert (world.entry.state, world.entry.fence.attempt) == (State.PROCESSED, 2)


def test_a_crash_that_is_lost_every_time_ends_as_failed(world: World) -> None:
    for _ in range(2):
        late(world)
        with pytest.raises(DispatcherDiedError):
            world.deliver_sent()
    late(world)
    assert world.requests.sent == []
    assert world.entry.state is State.FAILED
    assert world.entry.result is not None
    assert world.entry.result.reason == DeadLetterCode.NO_ANSWER
    [laid] = world.dead_letters.sent
    assert (laid.body, laid.queue) == (f"{CRASH_ID}:default", QueueClass.PRIORITY)


def test_a_crash_that_only_waits_for_a_worker_is_put_back_until_it_is_as_old_as_messages_get() -> (
    None
):
    world = World()
    world.store.put_crash(CRASH_ID, upload_file_minidump=b"MDMP" * 300_000)
    world.deliver()
    for _ in range(9):
        world.clock.advance(HEAVY_DUE_AFTER)
        assert world.reconcile() == 1
        world.deliver_sent()
    assert (world.entry.state, world.entry.put_backs) == (State.CLAIMED, 0)
    world.clock.advance(2 * HEAVY_DUE_AFTER)
    world.reconcile()
    assert world.entry.state is State.FAILED
    [laid] = world.dead_letters.sent
    assert laid.failure.code is DeadLetterCode.NO_ANSWER
    assert "has waited" in laid.failure.detail


def test_a_crash_whose_walks_were_started_and_lost_is_failed_however_young() -> None:
    world = World()
    world.store.put_crash(CRASH_ID, upload_file_minidump=b"MDMP" * 300_000)
    world.deliver()
    for _ in range(3):
        world.fake_ledger.entries[CRASH_ID] = world.entry.started(world.clock.now())
        world.clock.advance(HEAVY_DUE_AFTER)
        world.reconcile()
        world.deliver_sent()
    assert world.entry.state is State.FAILED


def test_the_first_message_shown_again_does_not_start_a_crash_that_was_given_up(
    world: World,
) -> None:
    first = world.entry.message_id
    for _ in range(2):
        late(world)
        with pytest.raises(DispatcherDiedError):
            world.deliver_sent()
    late(world)
    assert world.entry.state is State.FAILED
    assert world.deliver(identity=first, queue=QueueClass.PRIORITY, tries=2) is None
    assert world.entry.state is State.FAILED


def test_a_crash_whose_claim_was_given_up_in_time_has_lost_none_when_it_is_put_back() -> None:
    world = World()

    def fail(_: Task) -> Answer:
        raise RetryLater(RetryCode.LIGHT_LANE_FAILED, "no answer")

    world.workflows.answer = fail
    world.deliver()
    world.clock.advance(PATIENCE)
    assert world.reconcile() == 1
    world.workflows.answer = world.process
    world.deliver_sent()
    assert (world.entry.state, world.entry.put_backs) == (State.PROCESSED, 0)


def test_a_run_that_nobody_could_ask_for_is_asked_for_later() -> None:
    world = World()
    again = Again(Ruleset.DEFAULT, "reprocess-1")
    world.fake_ledger.entries[CRASH_ID] = entry(State.PROCESSED, again=again, due_at=NOW)
    assert world.reconcile() == 1
    assert (world.entry.again, world.entry.due_at) == (None, None)
    world.deliver_sent()
    assert world.entry.asked_by == "reprocess-1"


def test_a_crash_that_cannot_be_looked_after_keeps_no_other_from_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = crash_id(2)
    world.fake_ledger.entries[unreadable] = entry(crash_id=unreadable, due_at=NOW)
    read = world.fake_ledger.read

    def read_what_can_be_read(wanted: CrashId) -> LedgerEntry | None:
        if wanted == unreadable:
            raise RetryLater(RetryCode.UNAVAILABLE, "an item of another schema")
        return read(wanted)

    monkeypatch.setattr(world.fake_ledger, "read", read_what_can_be_read)
    with pytest.raises(RetryLater, match="another schema"):
        late(world)
    assert len(world.requests.sent) == 1
    assert world.metrics.total(Metric.RECONCILED, action="left") == 1
    assert world.metrics.total(Metric.RECONCILED, action="put_back") == 1
