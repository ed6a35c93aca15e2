"""Rules of every ledger, the fake one and DynamoDB's."""

from dataclasses import replace

import pytest

from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Again, InFlight, LedgerEntry, Result, State
from moonwalk.domain.request import QueueClass, Ruleset
from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.domain.trail import Moment, Step
from moonwalk.domain.walk_cost import Spent
from moonwalk.ports import Conflict
from tests import builders
from tests.builders import NOW, crash_id
from tests.contract.worlds import LedgerWorld

AGAIN = Again(Ruleset.REGENERATE_SIGNATURE, "message-2")
EVERY_FIELD = replace(
    builders.entry(),
    state=State.FAILED,
    ruleset=Ruleset.REGENERATE_SIGNATURE,
    queue=QueueClass.REPROCESSING,
    lane=Lane.HEAVY,
    put_backs=2,
    starts=3,
    again=AGAIN,
    result=Result(
        NOW + 0.1 + 0.2,
        "no_answer",
        "größe | main",
        12345,
        1e-07,
        RunFigures(
            {**dict.fromkeys(RunStep, 0.0), RunStep.WALK: 1.5, RunStep.SAVE: 0.0001},
            Spent(walks=2, wall_seconds=2.5, user_seconds=0.25, major_faults=3, disk_bytes=4096),
            0.000000123,
        ),
    ),
    trail=(
        Moment(NOW + 0.1 + 0.2, Step.CLAIMED, 1),
        Moment(NOW + 1, Step.ENDED, 2, "failed no_answer"),
    ),
)


def stored(entry: LedgerEntry, ledger: LedgerWorld) -> LedgerEntry:
    ledger.write(entry, replacing=None)
    return entry


def test_an_entry_that_was_never_written_is_none(ledger_world: LedgerWorld) -> None:
    assert ledger_world.read(crash_id()) is None


@pytest.mark.parametrize(
    "entry",
    [
        builders.entry(),
        builders.entry(due_at=None, claimed_at=1_780_000_000.0),
        EVERY_FIELD,
        replace(EVERY_FIELD, result=Result(NOW)),
    ],
)
def test_an_entry_is_read_as_it_was_written(ledger_world: LedgerWorld, entry: LedgerEntry) -> None:
    assert ledger_world.read(stored(entry, ledger_world).crash_id) == entry


def test_an_entry_takes_the_place_of_the_one_that_was_seen(ledger_world: LedgerWorld) -> None:
    first = stored(builders.entry(), ledger_world)
    second = first.started(NOW)
    ledger_world.write(second, replacing=first)
    assert ledger_world.read(first.crash_id) == second


def test_a_second_claim_is_told_of_the_first(ledger_world: LedgerWorld) -> None:
    first = stored(builders.entry(), ledger_world)
    with pytest.raises(Conflict) as conflict:
        ledger_world.write(builders.entry(message_id="another"), replacing=None)
    assert conflict.value.current == first
    assert ledger_world.read(first.crash_id) == first


def test_of_two_who_saw_the_same_entry_one_succeeds(ledger_world: LedgerWorld) -> None:
    seen = stored(builders.entry(), ledger_world)
    faster = seen.with_again(AGAIN)
    ledger_world.write(faster, replacing=seen)
    with pytest.raises(Conflict) as conflict:
        ledger_world.write(seen.started(NOW), replacing=seen)
    assert conflict.value.current == faster
    assert ledger_world.read(seen.crash_id) == faster


def test_an_entry_that_is_gone_is_a_conflict_with_nothing(ledger_world: LedgerWorld) -> None:
    seen = builders.entry()
    with pytest.raises(Conflict) as conflict:
        ledger_world.write(seen.started(NOW), replacing=seen)
    assert conflict.value.current is None


def test_an_entry_that_expired_and_came_again_is_another(ledger_world: LedgerWorld) -> None:
    seen = builders.entry()
    anew = stored(
        replace(seen, fence=replace(seen.fence, since=seen.fence.since + 1)), ledger_world
    )
    with pytest.raises(Conflict) as conflict:
        ledger_world.write(seen.started(NOW), replacing=seen)
    assert conflict.value.current == anew


def test_what_is_due_is_listed_longest_waiting_first(ledger_world: LedgerWorld) -> None:
    due_times = {number: NOW - (number * 37 % 40) for number in range(40)}
    for number, due_at in due_times.items():
        stored(builders.entry(crash_id=crash_id(number), due_at=due_at), ledger_world)
    waiting = sorted(due_times, key=lambda number: due_times[number])
    assert list(ledger_world.due(NOW, 100)) == [crash_id(number) for number in waiting]
    assert list(ledger_world.due(NOW, 7)) == [crash_id(number) for number in waiting[:7]]


def test_what_is_not_due_or_never_will_be_is_not_listed(ledger_world: LedgerWorld) -> None:
    stored(builders.entry(crash_id=crash_id(1), due_at=NOW), ledger_world)
    stored(builders.entry(crash_id=crash_id(2), due_at=NOW + 0.001), ledger_world)
    stored(builders.entry(crash_id=crash_id(3), due_at=None), ledger_world)
    assert list(ledger_world.due(NOW, 10)) == [crash_id(1)]


def test_an_entry_leaves_the_list_when_its_run_ends(ledger_world: LedgerWorld) -> None:
    seen = stored(builders.entry(due_at=NOW), ledger_world)
    ledger_world.write(seen.ended(State.PROCESSED, None, Result(NOW)), replacing=seen)
    assert list(ledger_world.due(NOW, 10)) == []


def test_what_is_in_flight_is_counted_whether_it_is_due_or_not(ledger_world: LedgerWorld) -> None:
    assert ledger_world.in_flight() == InFlight(0, None)
    for number, due_at in enumerate((NOW + 1_000, NOW, None)):
        stored(builders.entry(crash_id=crash_id(number), due_at=due_at), ledger_world)
    assert ledger_world.in_flight() == InFlight(2, NOW)
