"""What a broker did for all walks, as metrics."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from moonwalk.adapters.broker import Broker
from moonwalk.adapters.broker_figures import EVERY_SECONDS, BrokerFigures
from moonwalk.domain.lane import Lane
from moonwalk.metrics import Metric
from tests.fakes import FakeMetrics

MIB = 1 << 20


def figures(times: int = 1) -> dict[str, Any]:
    """Give what a broker says that did the same thing so many times."""
    return {
        "walks": {
            "opens": 3 * times,
            "absent": times,
            "failures": 0,
            "requests": 7 * times,
            "source_bytes": 900 * times,
            "memory_bytes": 40 * times,
            "disk_bytes": 50 * times,
            "whole_packs": times,
            "hits": 9 * times,
            "misses": 2 * times,
            "wait_microseconds": 500_000 * times,
            "fetch_microseconds": 250_000 * times,
            "chain": 4,
        },
        "sources": {
            "store": {"requests": 5 * times, "bytes": 600 * times, "failures": times},
            "store-b": {"requests": times, "bytes": 100 * times, "failures": 0},
            "partner": {"requests": times, "bytes": 200 * times, "failures": 0},
        },
        "disk": {
            "packs": 2,
            "bytes": 700 * MIB,
            "average": 350.0 * MIB,
            "median": 100 * MIB,
            "p95": 600 * MIB,
            "max": 600 * MIB,
            "over_500_mb": 1,
            "evictions": 2 * times,
            "damaged": times,
            "refused": times,
        },
        "memory_bytes": 12 * MIB,
    }


class FakeBroker:
    """Says what a test wants."""

    source_kinds: Mapping[str, str] = {"store": "s3", "store-b": "s3", "partner": "http"}

    def __init__(self) -> None:
        self.runs = True
        self.says: Mapping[str, Any] = figures()
        self.asked = 0

    def figures(self) -> Mapping[str, Any]:
        assert self.runs, "asking would start one"
        self.asked += 1
        return self.says


class World:
    """Figures over a fake broker, with a clock that a test moves."""

    def __init__(self) -> None:
        self.broker, self.now = FakeBroker(), 0.0
        self.metrics = FakeMetrics()
        self.told = BrokerFigures(
            cast("Broker", self.broker), self.metrics, Lane.HEAVY, clock=lambda: self.now
        )

    def total(self, metric: Metric, **dimensions: str) -> float:
        return self.metrics.total(metric, lane="heavy", **dimensions)


@pytest.fixture
def world() -> World:
    return World()


def test_what_the_broker_counted_is_told_with_its_lane(world: World) -> None:
    world.told.tell()
    assert world.total(Metric.BROKER_OPENS) == 3
    assert world.total(Metric.BROKER_HITS) == 9
    assert world.total(Metric.BROKER_MISSES) == 2
    assert world.total(Metric.BROKER_WAIT) == 0.5
    assert world.total(Metric.BROKER_FETCH_TIME) == 0.25
    assert world.total(Metric.BROKER_KEPT_BYTES, tier="memory") == 40
    assert world.total(Metric.BROKER_KEPT_BYTES, tier="disk") == 50
    assert world.total(Metric.CACHE_EVICTED) == 2
    assert world.total(Metric.CACHE_REFUSED) == 2


def test_sources_are_told_by_their_kind_since_their_names_are_a_deployments(world: World) -> None:
    world.told.tell()
    assert world.total(Metric.BROKER_SOURCE_BYTES, source="s3") == 700
    assert world.total(Metric.BROKER_SOURCE_BYTES, source="http") == 200
    assert world.total(Metric.BROKER_REQUESTS, source="s3") == 6
    assert world.total(Metric.BROKER_SOURCE_FAILURES) == 1


def test_what_is_on_disk_is_told_under_the_names_that_socorros_operators_know(
    world: World,
) -> None:
    world.told.tell()
    cache = {
        metric.value.name.removeprefix("processor.cache_manager."): value
        for metric, value, _ in world.metrics.recorded
        if metric.value.name.startswith("processor.cache_manager.")
    }
    assert cache == {
        "evict": 2,
        "usage": 700 * MIB,
        "files.count": 2,
        "files.gt_500": 1,
        "file_sizes.avg": 350 * MIB,
        "file_sizes.median": 100 * MIB,
        "file_sizes.ninety_five": 600 * MIB,
        "file_sizes.max": 600 * MIB,
    }


def test_counts_are_those_since_the_last_time_and_a_new_broker_begins_anew(world: World) -> None:
    for times in (1, 4, 2):
        world.broker.says = figures(times)
        world.told.tell()
    hits = [value for metric, value, _ in world.metrics.recorded if metric is Metric.BROKER_HITS]
    assert hits == [9, 27, 18]


def test_a_broker_that_does_not_run_is_not_started_to_be_asked(world: World) -> None:
    world.broker.runs = False
    world.told.tell()
    assert world.metrics.recorded == []


@pytest.mark.parametrize("says", [{}, {"walks": 7, "disk": {"bytes": "many"}, "sources": []}])
def test_a_broker_that_says_nothing_sensible_takes_nobody_down(
    world: World, says: Mapping[str, Any]
) -> None:
    world.broker.says = says
    world.told.tell()
    assert sum(value for _, value, _ in world.metrics.recorded) == 0


def test_a_function_tells_once_a_minute_however_many_crashes_it_has(world: World) -> None:
    for now in (0.0, 1.0, EVERY_SECONDS - 1, EVERY_SECONDS, EVERY_SECONDS + 1):
        world.now = now
        world.told.tell_sometimes()
    assert world.broker.asked == 2
