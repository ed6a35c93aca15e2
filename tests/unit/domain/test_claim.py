"""Every cell of the table of what a message means."""

import itertools
from dataclasses import replace

import pytest

from moonwalk.domain.claim import Acknowledge, Leave, Run, Settled, decide
from moonwalk.domain.ledger import Again, Fence, LedgerEntry, State
from moonwalk.domain.request import CrashRequest, Origin, QueueClass, Ruleset
from tests.builders import DUE_AFTER, NOW, entry, message, request

LATER = NOW + 10
FRESH = [
    request(queue=QueueClass.STANDARD, message=message("other")),
    request(queue=QueueClass.PRIORITY, message=message("other")),
    request(origin=Origin.S3_EVENT, message=message("other")),
]
REPROCESSING = request(
    queue=QueueClass.REPROCESSING,
    ruleset=Ruleset.REGENERATE_SIGNATURE,
    message=message("other"),
)
PUT_BACK = request(origin=Origin.PUT_BACK, message=message("other"), seen_attempt=1)
SYMBOLS_CAME = request(
    queue=QueueClass.REPROCESSING,
    origin=Origin.SYMBOLS_CAME,
    message=message("other"),
    seen_attempt=1,
)
REDELIVERED = request(message=message("message-1", tries=2))
DONE = [State.PROCESSED, State.PROVISIONAL]


def decision(asked: CrashRequest, found: LedgerEntry | None, now: float = LATER) -> object:
    return decide(asked, found, now=now, due_at=now + DUE_AFTER)


def assert_runs(asked: CrashRequest, found: LedgerEntry | None, *, attempt: int) -> LedgerEntry:
    made = decision(asked, found)
    assert isinstance(made, Run)
    assert made.entry.state is State.CLAIMED
    assert made.entry.fence.attempt == attempt
    assert made.entry.message_id == asked.message.id
    assert made.entry.due_at == LATER + DUE_AFTER
    return made.entry


@pytest.mark.parametrize("asked", [*FRESH, REPROCESSING, PUT_BACK, SYMBOLS_CAME])
def test_any_request_for_an_unknown_crash_runs_it(asked: CrashRequest) -> None:
    made = assert_runs(asked, None, attempt=1)
    assert made.revision == 1
    assert made.fence.since == round(LATER * 1000)


@pytest.mark.parametrize("asked", FRESH)
def test_a_fresh_request_for_a_crash_in_flight_is_a_duplicate(asked: CrashRequest) -> None:
    assert decision(asked, entry()) == Acknowledge(Settled.DUPLICATE)


@pytest.mark.parametrize(("asked", "state"), list(itertools.product(FRESH, DONE)))
def test_a_fresh_request_for_a_processed_crash_is_acknowledged(
    asked: CrashRequest, state: State
) -> None:
    assert decision(asked, entry(state)) == Acknowledge(Settled.DONE)


@pytest.mark.parametrize("asked", FRESH)
def test_a_fresh_request_for_a_failed_crash_runs_it(asked: CrashRequest) -> None:
    assert_runs(asked, entry(State.FAILED), attempt=2)


def test_reprocessing_of_a_crash_in_flight_is_remembered_for_its_end() -> None:
    made = decision(REPROCESSING, entry())
    assert isinstance(made, Acknowledge)
    assert made.entry is not None
    assert made.entry.again == Again(Ruleset.REGENERATE_SIGNATURE, "other")
    assert made.entry.fence == entry().fence
    assert made.entry.due_at == entry().due_at


def test_the_same_reprocessing_message_is_remembered_once() -> None:
    remembered = entry(again=Again(Ruleset.REGENERATE_SIGNATURE, "other"))
    assert decision(REPROCESSING, remembered) == Acknowledge(Settled.QUEUED_AGAIN)


@pytest.mark.parametrize("state", [*DONE, State.FAILED])
def test_reprocessing_of_a_crash_that_ended_runs_it(state: State) -> None:
    made = assert_runs(REPROCESSING, entry(state), attempt=2)
    assert made.ruleset is Ruleset.REGENERATE_SIGNATURE


def test_a_put_back_runs_when_the_attempt_it_saw_is_in_force() -> None:
    assert assert_runs(PUT_BACK, entry(), attempt=2).put_backs == 1


def test_a_put_back_of_an_older_attempt_is_stale() -> None:
    newer = entry(fence=Fence(since=0, attempt=2))
    assert decision(PUT_BACK, newer) == Acknowledge(Settled.STALE)


@pytest.mark.parametrize("state", [*DONE, State.FAILED])
def test_a_put_back_of_a_crash_that_ended_is_stale(state: State) -> None:
    assert decision(PUT_BACK, entry(state)) == Acknowledge(Settled.STALE)


def test_the_claiming_message_is_left_alone_until_its_claim_is_due() -> None:
    assert decision(REDELIVERED, entry()) == Leave(until=NOW + DUE_AFTER)


@pytest.mark.parametrize("queue", QueueClass)
def test_the_claiming_message_takes_over_once_its_claim_is_due(queue: QueueClass) -> None:
    asked = replace(REDELIVERED, queue=queue)
    assert_runs(asked, entry(due_at=LATER), attempt=2)


@pytest.mark.parametrize("state", [*DONE, State.FAILED])
def test_the_claiming_message_of_a_crash_that_ended_is_acknowledged(state: State) -> None:
    assert decision(REDELIVERED, entry(state)) == Acknowledge(Settled.DONE)


def test_a_claim_that_was_given_up_is_taken_over_by_its_message_at_once() -> None:
    given_up = entry().given_up(NOW, "throttled", due_at=NOW + DUE_AFTER)
    assert not assert_runs(REDELIVERED, given_up, attempt=2).released


@pytest.mark.parametrize("asked", FRESH)
def test_a_claim_that_was_given_up_is_still_a_claim_to_others(asked: CrashRequest) -> None:
    assert decision(asked, entry().given_up(NOW, "throttled", due_at=NOW)) == Acknowledge(
        Settled.DUPLICATE
    )


def test_a_put_back_of_a_claim_that_was_given_up_in_time_counts_no_loss() -> None:
    given_up = entry().given_up(NOW, "throttled", due_at=NOW)
    assert assert_runs(PUT_BACK, given_up, attempt=2).put_backs == 0


def test_a_put_back_goes_on_in_the_name_of_the_message_that_asked() -> None:
    asked = replace(PUT_BACK, asked_by="message-1")
    made = assert_runs(asked, entry(), attempt=2)
    assert (made.message_id, made.asked_by) == ("other", "message-1")


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.CLAIMED, Settled.DUPLICATE),
        (State.PROCESSED, Settled.DONE),
        (State.FAILED, Settled.DONE),
    ],
)
def test_the_message_that_asked_starts_nothing_anew(state: State, why: Settled) -> None:
    taken_over = entry(state, message_id="put-back", asked_by="message-1")
    assert decision(REDELIVERED, taken_over) == Acknowledge(why)


def test_a_take_over_keeps_the_run_that_was_asked_for_meanwhile() -> None:
    again = Again(Ruleset.DEFAULT, "reprocess-1")
    assert assert_runs(PUT_BACK, entry(again=again), attempt=2).again == again


def test_a_run_after_an_end_starts_with_no_run_to_follow_and_no_put_backs() -> None:
    ended = entry(State.PROCESSED, again=Again(Ruleset.DEFAULT, "x"), put_backs=2)
    made = assert_runs(REPROCESSING, ended, attempt=2)
    assert made.again is None
    assert made.put_backs == 0


def test_put_backs_count_only_in_a_row() -> None:
    assert assert_runs(PUT_BACK, entry(put_backs=2), attempt=2).put_backs == 3
    assert assert_runs(REDELIVERED, entry(put_backs=2, due_at=NOW), attempt=2).put_backs == 2


@pytest.mark.parametrize("state", DONE)
def test_symbols_bring_back_the_run_that_was_without_them_and_none_after_it(state: State) -> None:
    assert_runs(SYMBOLS_CAME, entry(state), attempt=2)
    for found in (entry(state), entry()):
        later = replace(found, fence=Fence(found.fence.since, 2))
        assert decision(SYMBOLS_CAME, later) == Acknowledge(Settled.STALE)


def test_symbols_that_come_while_their_run_ends_are_remembered_until_it_has() -> None:
    made = decision(SYMBOLS_CAME, entry())
    assert isinstance(made, Acknowledge)
    assert made.why is Settled.QUEUED_AGAIN
    assert made.entry
    assert made.entry.again == Again(Ruleset.DEFAULT, "other")
