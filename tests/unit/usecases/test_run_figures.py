"""What a run took: told as metrics, and kept with its end."""

from typing import Any

import pytest

from moonwalk.domain.lane import Lane
from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.domain.request import Origin, QueueClass
from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.metrics import Metric
from moonwalk.usecases.run_laps import RunLaps
from moonwalk.usecases.run_metrics import MOST_SKEW
from tests.builders import CRASH_ID, NOW, entry, message, request, task
from tests.fakes import FakeClock, walked
from tests.unit.usecases.world import World


@pytest.fixture
def world() -> World:
    made = World()
    made.fake_ledger.entries[CRASH_ID] = entry()
    return made


def recorded(world: World, wanted: Metric) -> list[tuple[float, Any]]:
    return [
        (value, dimensions)
        for metric, value, dimensions in world.metrics.recorded
        if metric is wanted
    ]


def kept(world: World) -> RunFigures:
    assert world.entry.result is not None
    assert world.entry.result.figures is not None
    return world.entry.result.figures


def test_every_second_of_a_run_belongs_to_one_step() -> None:
    clock = FakeClock()
    laps = RunLaps(clock)
    for step, seconds in ((RunStep.FETCH, 1), (RunStep.RULES, 2)):
        clock.advance(seconds)
        laps.done(step)
    clock.advance(10)
    laps.walked(walked().spent, fetch_seconds=3)
    laps.walked(walked().spent, fetch_seconds=2)
    laps.done(RunStep.WALK)
    clock.advance(4)
    laps.done(RunStep.SYMBOLS)
    figures = laps.figures()
    assert figures.seconds == {
        RunStep.FETCH: 4,
        RunStep.WALK: 7,
        RunStep.SYMBOLS: 4,
        RunStep.RULES: 2,
        RunStep.SAVE: 0,
    }
    assert (figures.total, figures.spent.walks) == (17, 2)


def test_what_a_run_took_is_kept_with_its_end(world: World) -> None:
    def slow(_minidump: bytes) -> WalkResult:
        world.clock.advance(5)
        return walked()

    world.walker.result = slow
    world.process(task())
    figures = kept(world)
    assert figures.seconds[RunStep.WALK] == 5
    assert (figures.spent.walks, figures.spent.wall_seconds) == (1, walked().wall_seconds)
    assert figures.dollars > 0
    assert recorded(world, Metric.COST) == [(figures.dollars, {"lane": "light"})]
    assert recorded(world, Metric.WALKING_TIME) == [(5, {"lane": "light"})]
    assert recorded(world, Metric.PROCESS_TIME) == [(figures.total, {"ruleset": "default"})]


@pytest.mark.parametrize("lane", Lane)
def test_every_walk_that_ran_tells_where_its_time_went(world: World, lane: Lane) -> None:
    world.walker.result = lambda _: walked(Outcome.TIMEOUT)
    world.process(task(lane=lane))
    for metric in (Metric.WALK_TIME, Metric.WALK_WAIT_RATIO, Metric.WALK_DISK_WAIT):
        assert [dimensions for _, dimensions in recorded(world, metric)] == [{"lane": lane.value}]


def test_a_minidump_that_nothing_ran_for_is_no_walk_that_waited(world: World) -> None:
    world.walker.result = lambda _: walked(Outcome.EMPTY)
    world.process(task())
    assert recorded(world, Metric.WALK_WAIT_RATIO) == []


@pytest.mark.parametrize(
    ("asked", "run"),
    [
        ({}, "first"),
        ({"queue": QueueClass.PRIORITY}, "first"),
        ({"origin": Origin.PUT_BACK}, "first"),
        ({"queue": QueueClass.REPROCESSING}, "again"),
        ({"queue": QueueClass.REPROCESSING, "origin": Origin.SYMBOLS_CAME}, "again"),
        ({"origin": Origin.AGAIN}, "again"),
    ],
)
def test_the_lag_of_fresh_crashes_is_apart_from_that_of_others(
    world: World, asked: dict[str, Any], run: str
) -> None:
    world.process(task(request=request(message=message(first_seen=NOW - 7), **asked)))
    ((value, dimensions),) = recorded(world, Metric.LAG)
    assert (value, dimensions["run"]) == (7, run)


@pytest.mark.parametrize(
    ("submitted", "skew"),
    [
        ("2026-11-23T08:00:00+00:00", 0.25),
        ("2026-11-23T08:00:10", -9.75),
        ("2020-01-01T00:00:00+00:00", MOST_SKEW),
        ("2030-01-01T00:00:00+00:00", -MOST_SKEW),
    ],
)
def test_clocks_that_differ_are_seen_in_fresh_crashes(
    world: World, submitted: str, skew: float
) -> None:
    world.store.put_raw_crash(CRASH_ID, {"submitted_timestamp": submitted})
    world.process(task())
    assert [value for value, _ in recorded(world, Metric.CLOCK_SKEW)] == [pytest.approx(skew)]


@pytest.mark.parametrize(
    "submitted", [None, 7, "", "yesterday", "0001-01-01T00:00:00+23:59", "9" * 99]
)
def test_a_submission_without_a_date_has_no_skew(world: World, submitted: object) -> None:
    world.store.put_raw_crash(CRASH_ID, {"submitted_timestamp": submitted})
    world.process(task())
    values = [value for value, _ in recorded(world, Metric.CLOCK_SKEW)]
    assert all(abs(value) <= MOST_SKEW for value in values)
    assert world.entry.result is not None


def test_what_is_processed_again_tells_nothing_of_the_collectors_clock(world: World) -> None:
    world.store.put_raw_crash(CRASH_ID, {"submitted_timestamp": "2026-11-01T00:00:00+00:00"})
    world.process(task(request=request(queue=QueueClass.REPROCESSING)))
    assert recorded(world, Metric.CLOCK_SKEW) == recorded(world, Metric.INGESTION_TIME) == []
