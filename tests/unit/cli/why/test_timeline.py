"""The stretches that the way of a crash is made of."""

from dataclasses import replace

import pytest
from rich.console import Console

from cli.why.document import document
from cli.why.report import show
from cli.why.timeline import Kind, counted, seconds_of, stretches
from cli.why.told import Told, Workflow
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import LedgerEntry, Result, State, claimed
from moonwalk.domain.request import Origin, QueueClass
from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.domain.walk_cost import Spent
from tests.builders import NOW, entry, message, request

DONE = Result(NOW + 30)


def way(found: LedgerEntry, now: float = NOW + 100) -> list[tuple[Kind, float, str]]:
    return [(one.kind, one.seconds, one.what) for one in stretches(found, now)]


def sent_before(seconds: float) -> LedgerEntry:
    asked = request(message=message(first_seen=NOW - seconds))
    return claimed(asked, None, now=NOW, due_at=NOW + 300)


def test_a_light_crash_waits_and_runs() -> None:
    ended = sent_before(5).ended(State.PROCESSED, Lane.LIGHT, DONE)
    assert way(ended) == [
        (Kind.WAIT, 5, "in the queue"),
        (Kind.WORK, 30, "run in the light lane"),
    ]


def test_a_crash_that_the_light_lane_gave_up_waits_for_a_worker() -> None:
    handed = sent_before(0).handed_over(NOW + 10, "walk_timeout", due_at=NOW)
    ended = handed.started(NOW + 14).ended(State.PROCESSED, Lane.HEAVY, DONE)
    assert way(ended)[1:] == [
        (Kind.LOST, 10, "run in the light lane, given up: walk_timeout"),
        (Kind.WAIT, 4, "in the heavy queue"),
        (Kind.WORK, 16, "run on a worker"),
    ]


def test_a_crash_that_is_large_loses_nothing_on_its_way_to_a_worker() -> None:
    handed = sent_before(0).handed_over(NOW + 1, "size", due_at=NOW)
    assert way(handed)[1] == (Kind.WORK, 1, "dispatched: too large for the light lane")


def test_a_retry_is_work_that_was_lost_and_a_wait() -> None:
    given_up = entry().given_up(NOW + 3, "throttled", due_at=NOW)
    again = claimed(request(), given_up, now=NOW + 13, due_at=NOW + 99)
    found = way(again.ended(State.PROCESSED, Lane.LIGHT, DONE))
    assert found[1:] == [
        (Kind.LOST, 3, "run in the light lane, failed: throttled"),
        (Kind.WAIT, 10, "hidden in the queue until the next try"),
        (Kind.WORK, 17, "run in the light lane"),
    ]
    assert dict(counted(again)) == {"retries": 1}


def test_workers_that_end_in_silence_and_that_drain_are_told_apart() -> None:
    heavy = entry().handed_over(NOW, "size", due_at=NOW).started(NOW + 1)
    silent = heavy.started(NOW + 5)
    drained = silent.start_given_back(NOW + 8, "drain")
    assert way(drained)[3:] == [
        (Kind.LOST, 4, "run on a worker, never answered"),
        (Kind.LOST, 3, "run on a worker, given back: drain"),
        (Kind.WAIT, 92, "in the heavy queue again"),
    ]


def test_the_last_silence_of_a_poisoned_crash_is_no_good_work() -> None:
    heavy = entry().handed_over(NOW, "size", due_at=NOW).started(NOW + 1)
    failed = heavy.ended(State.FAILED, Lane.HEAVY, Result(NOW + 301, "no_answer"))
    assert way(failed)[-1] == (Kind.LOST, 300, "run on a worker, failed: no_answer")


def test_between_two_runs_a_crash_has_its_result() -> None:
    before = entry().ended(State.PROVISIONAL, Lane.LIGHT, Result(NOW + 1, "symbols_pending"))
    came = request(
        origin=Origin.SYMBOLS_CAME,
        queue=QueueClass.REPROCESSING,
        message=message("symbols-1", first_seen=NOW + 5000),
    )
    after = claimed(came, before, now=NOW + 5002, due_at=NOW + 9000)
    ended = after.ended(State.PROCESSED, Lane.LIGHT, Result(NOW + 5003))
    found = stretches(ended, NOW + 6000)
    assert seconds_of(found) == {Kind.WAIT: 2, Kind.WORK: 2, Kind.LOST: 0, Kind.REST: 4999}


def test_what_is_in_flight_lasts_until_now() -> None:
    (_, last) = stretches(entry(), NOW + 7)
    assert (last.kind, last.seconds, last.open) == (Kind.WORK, 7, True)
    handed = entry().handed_over(NOW + 1, "size", due_at=NOW)
    assert stretches(handed, NOW + 8)[-1].what == "in the heavy queue"


def test_an_entry_of_an_earlier_version_has_no_way() -> None:
    assert stretches(replace(entry(), trail=()), NOW) == []


@pytest.mark.parametrize("figures", [None, RunFigures()])
def test_every_entry_can_be_shown(figures: RunFigures | None) -> None:
    for trail in ((), entry().trail):
        plain = replace(entry(State.PROCESSED, result=Result(NOW, figures=figures)), trail=trail)
        for found in (plain, replace(entry(), trail=trail)):
            told = Told(found, Workflow("name"), [])
            assert document(told, NOW)["workflow"] == {"name": "name", "status": None}
            console = Console(record=True, width=160)
            show(console, told, NOW)
            assert found.crash_id.text in console.export_text()


def test_a_person_sees_waits_and_work_as_bars_and_where_a_walk_waited() -> None:
    spent = Spent(walks=1, wall_seconds=10, user_seconds=1, system_seconds=1, disk_seconds=7.5)
    figures = RunFigures({RunStep.FETCH: 1, RunStep.WALK: 10, RunStep.SAVE: 0.1}, spent, 0.00012)
    result = Result(NOW + 12, "symbols_failing", figures=figures)
    ended = sent_before(24).ended(State.PROVISIONAL, Lane.LIGHT, result)
    lacking = [{"debug_file": "xul.pdb", "reason": "failing", "detail": "the source\x1b[2J"}]
    console = Console(record=True, width=160)
    show(console, Told(ended, Workflow("run-1", "SUCCEEDED"), list(lacking)), NOW)
    text = console.export_text()
    assert "░" * 32 in text
    assert "█" * 16 in text
    assert "waiting 8.000 s (80%)" in text
    assert "on disk 7.500 s" in text
    assert "about $0.000120" in text
    assert "lacks symbols of xul.pdb: failing" in text
    assert "\x1b" not in text
