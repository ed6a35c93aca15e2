"""What the dispatcher does with a message, and when it lets it go."""

import json

import pytest

from moonwalk.contracts import storage
from moonwalk.domain.failures import DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Fence, State
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status, Task
from moonwalk.metrics import Metric
from tests.builders import CRASH_ID, DUE_AFTER, NOW, crash_id, entry
from tests.unit.usecases.world import HEAVY_DUE_AFTER, MAX_TRIES, DispatcherDiedError, World

NO_ANSWER = RetryLater(RetryCode.LIGHT_LANE_FAILED, "no answer")
HEAVY_DUMP = b"MDMP" * 300_000


@pytest.fixture
def world() -> World:
    return World()


def test_a_light_crash_is_done_when_its_message_goes(world: World) -> None:
    assert world.deliver() is None
    assert world.entry.state is State.PROCESSED
    assert world.store.processed(CRASH_ID) is not None
    assert world.workflows.started == {}


def test_the_plain_case_writes_the_ledger_twice(world: World) -> None:
    world.deliver()
    assert world.fake_ledger.writes == 2


def test_a_heavy_crash_is_handed_on_with_a_later_due_time(world: World) -> None:
    world.store.put_crash(CRASH_ID, upload_file_minidump=HEAVY_DUMP)
    assert world.deliver() is None
    assert [task.lane for task in world.workflows.started.values()] == [Lane.HEAVY]
    assert world.workflows.ran == []
    assert (world.entry.lane, world.entry.due_at) == (Lane.HEAVY, NOW + HEAVY_DUE_AFTER)


def test_what_the_light_lane_gives_up_goes_to_the_heavy_one(world: World) -> None:
    world.workflows.answer = lambda _: Answer(Status.TOO_HEAVY, "walk_timeout")
    assert world.deliver() is None
    assert len(world.workflows.started) == 1
    assert world.metrics.total(Metric.HEAVY, why="walk_timeout") == 1


def test_a_message_stays_when_the_heavy_lane_does_not_take_it(world: World) -> None:
    world.store.put_crash(CRASH_ID, upload_file_minidump=HEAVY_DUMP)

    def refuse(task: Task) -> None:
        raise RetryLater(RetryCode.UNAVAILABLE, task.name)

    world.workflows.start_heavy = refuse  # type: ignore[method-assign]
    assert world.deliver() is not None
    assert world.entry.state is State.CLAIMED


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("hello", DeadLetterCode.BAD_CRASH_ID),
        (f"{CRASH_ID}:magic", DeadLetterCode.UNKNOWN_RULESET),
        ("{}", DeadLetterCode.BAD_MESSAGE),
    ],
)
def test_a_wrong_message_goes_to_the_dead_letter_queue_at_once(
    world: World, body: str, reason: DeadLetterCode
) -> None:
    assert world.deliver(body, QueueClass.PRIORITY) is None
    [laid] = world.dead_letters.sent
    assert (laid.body, laid.queue, laid.failure.code) == (body, QueueClass.PRIORITY, reason)
    assert world.fake_ledger.entries == {}


def test_a_crash_without_its_dump_ends_as_failed_with_the_reason(world: World) -> None:
    world.store.dumps.clear()
    assert world.deliver() is None
    assert [laid.failure.code for laid in world.dead_letters.sent] == [DeadLetterCode.DUMP_MISSING]
    assert world.entry.state is State.FAILED
    assert world.entry.result is not None
    assert world.entry.result.reason == DeadLetterCode.DUMP_MISSING


def test_a_failure_of_the_world_keeps_the_message_and_frees_the_claim(world: World) -> None:
    def fail(_: Task) -> Answer:
        raise RetryLater(RetryCode.LIGHT_LANE_FAILED, "no answer")

    world.workflows.answer = fail
    later = world.deliver(identity="m")
    assert later is not None
    assert world.entry.due_at == NOW + later.seconds + DUE_AFTER
    world.clock.advance(later.seconds)
    world.workflows.answer = world.process
    assert world.deliver(identity="m", tries=2) is None
    assert (world.entry.state, world.entry.fence.attempt) == (State.PROCESSED, 2)


def test_the_world_failing_at_every_try_ends_with_a_reason(world: World) -> None:
    def fail(_: str) -> None:
        raise RetryLater(RetryCode.THROTTLED, "slow down")

    world.store.before = fail
    assert world.deliver(tries=MAX_TRIES) is None
    assert world.entry.state is State.FAILED
    [laid] = world.dead_letters.sent
    assert laid.failure.code is DeadLetterCode.TRIES_EXHAUSTED


def test_a_ledger_out_of_reach_keeps_the_message(world: World) -> None:
    def fail(_: object) -> None:
        raise RetryLater(RetryCode.UNAVAILABLE, "no route")

    world.fake_ledger.before_write = fail
    assert world.deliver() is not None
    assert world.metrics.total(Metric.RETRIED, reason=RetryCode.UNAVAILABLE) == 1


def test_the_claiming_message_waits_for_its_claim_after_a_dead_dispatcher(world: World) -> None:
    world.lose_the_answer()
    with pytest.raises(DispatcherDiedError):
        world.deliver(identity="m")
    world.clock.advance(100)
    later = world.deliver(identity="m", tries=2)
    assert later is not None
    assert later.seconds == DUE_AFTER - 100


def test_a_duplicate_costs_no_look_at_the_store(world: World) -> None:
    world.deliver()
    looked: list[str] = []
    world.store.before = looked.append
    assert world.deliver() is None
    assert looked == []
    assert world.metrics.total(Metric.SETTLED, why="done") == 1


def test_reprocessing_in_flight_leads_to_one_more_run_at_the_end(world: World) -> None:
    def ask_meanwhile(task: Task) -> Answer:
        world.workflows.answer = world.process
        world.deliver(f"{CRASH_ID}:regenerate_signature", QueueClass.REPROCESSING)
        world.deliver(f"{CRASH_ID}:regenerate_signature", QueueClass.REPROCESSING)
        return world.process(task)

    world.workflows.answer = ask_meanwhile
    world.deliver()
    assert world.entry.again is None
    assert len(world.requests.sent) == 1
    world.deliver_sent()
    assert (world.entry.fence.attempt, world.entry.ruleset) == (2, "regenerate_signature")
    assert world.entry.state is State.PROCESSED


def test_a_message_about_several_crashes_stays_while_one_of_them_has_to(world: World) -> None:
    failing, good = crash_id(2), crash_id(3)
    for stored in (failing, good):
        world.store.put_crash(stored, upload_file_minidump=b"MDMP")
    keys = [storage.raw_crash(wanted) for wanted in (failing, good)]
    body = json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})

    def answer(task: Task) -> Answer:
        if task.request.crash_id == failing:
            raise NO_ANSWER
        return world.process(task)

    world.workflows.answer = answer
    later = world.deliver(body, identity="m")
    assert later is not None
    world.clock.advance(later.seconds)
    world.workflows.answer = world.process
    assert world.deliver(body, identity="m", tries=2) is None
    ran = [task.request.crash_id for task in world.workflows.ran]
    assert ran == [failing, good, failing]
    assert all(world.store.processed(wanted) for wanted in (failing, good))


@pytest.mark.parametrize("tries", [1, MAX_TRIES])
def test_a_failure_after_another_run_took_over_changes_nothing_of_that_run(
    world: World, tries: int
) -> None:
    taken = Fence(since=round(NOW * 1000), attempt=2)

    def lose_the_claim(_: Task) -> Answer:
        world.fake_ledger.entries[CRASH_ID] = entry(fence=taken, message_id="other")
        raise NO_ANSWER

    world.workflows.answer = lose_the_claim
    world.deliver(identity="m", tries=tries)
    assert world.entry == entry(fence=taken, message_id="other")
    assert world.dead_letters.sent == []
    assert world.deliver(identity="m", tries=tries) is None


def test_a_signature_is_made_anew_of_a_crash_whose_dumps_are_gone(world: World) -> None:
    world.store.dumps.clear()
    world.store.put_processed(CRASH_ID, {"signature": "old"}, None)
    world.workflows.answer = world.process
    assert world.deliver(f"{CRASH_ID}:regenerate_signature") is None
    assert world.entry.state is State.PROCESSED
    assert world.store.processed(CRASH_ID) == {
        **(world.store.processed(CRASH_ID) or {}),
        "signature": "main",
    }
