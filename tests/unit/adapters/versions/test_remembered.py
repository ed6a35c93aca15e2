"""What is known of versions is remembered, and no look-up delays a crash for long."""

import threading
import time

import pytest

from moonwalk.adapters.versions import remembered
from moonwalk.adapters.versions.lookup import Build, LookUpError
from moonwalk.adapters.versions.remembered import RememberedVersions
from moonwalk.metrics import Metric
from tests.fakes import FakeClock, FakeMetrics

BUILD = ("Firefox", "beta", "20260801")


class Place:
    """A place that counts how often it is asked, and fails as it is told."""

    def __init__(self, version: str | None = "140.0b3") -> None:
        self.version = version
        self.failure: Exception | None = None
        self.asked: list[Build] = []

    def find(self, build: Build) -> str | None:
        self.asked.append(build)
        if self.failure:
            raise self.failure
        return self.version


class World:
    """A place, and who remembers what it says."""

    def __init__(self, version: str | None = "140.0b3") -> None:
        self.place, self.clock, self.metrics = Place(version), FakeClock(), FakeMetrics()
        self.versions = RememberedVersions(self.place, self.clock, self.metrics)

    def of(self, build: str = BUILD[2]) -> str | None:
        return self.versions.of("Firefox", "beta", build)

    def told(self, metric: Metric, result: str) -> float:
        return self.metrics.total(metric, result=result)


@pytest.mark.parametrize(("version", "seconds"), [("140.0b3", 24 * 3600), (None, 1800)])
def test_a_version_is_remembered_for_a_day_and_its_absence_for_half_an_hour(
    version: str | None, seconds: float
) -> None:
    world = World(version)
    assert [world.of(), world.of()] == [version, version]
    world.clock.advance(seconds - 1)
    world.of()
    assert len(world.place.asked) == 1
    world.clock.advance(1)
    assert world.of() == version
    assert len(world.place.asked) == 2


def test_memory_and_look_ups_are_counted() -> None:
    world = World()
    world.of(), world.of()
    world.place.version = None
    world.of("other")
    assert world.told(Metric.VERSION_CACHE, "hit") == 1
    assert world.told(Metric.VERSION_CACHE, "miss") == 2
    assert world.told(Metric.VERSION_LOOKUP, "success") == 1
    assert world.told(Metric.VERSION_LOOKUP, "fail") == 1


def test_the_builds_that_were_wanted_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_REMEMBERED", 2)
    world = World()
    for build in ("a", "b", "a", "c", "a", "b"):
        world.of(build)
    assert [asked.build_id for asked in world.place.asked] == ["a", "b", "c", "b"]


@pytest.mark.parametrize("failure", [LookUpError("down"), RuntimeError("secret")])
def test_a_failure_is_no_version_and_is_not_remembered(failure: Exception) -> None:
    world = World()
    world.place.failure = failure
    assert world.of() is None
    world.place.failure = None
    assert world.of() == "140.0b3"
    assert world.told(Metric.VERSION_LOOKUP, "fail") == 1


def test_a_place_that_keeps_failing_is_left_alone_and_then_tried_once() -> None:
    world = World()
    world.place.failure = LookUpError("down")
    for _ in range(10):
        world.of()
    assert len(world.place.asked) == 3
    assert world.told(Metric.VERSION_LOOKUP, "fail") == 10
    world.clock.advance(60)
    world.of(), world.of()
    assert len(world.place.asked) == 4
    world.clock.advance(60)
    world.place.failure = None
    assert [world.of(), world.of("other")] == ["140.0b3", "140.0b3"]


def test_what_is_remembered_is_known_while_the_place_is_left_alone() -> None:
    world = World()
    world.of()
    world.place.failure = LookUpError("down")
    for _ in range(5):
        world.of("other")
    assert world.of() == "140.0b3"


def test_a_place_that_hangs_is_waited_for_only_so_long() -> None:
    class Hanging(Place):
        def find(self, build: Build) -> str | None:
            threading.Event().wait(30)
            return super().find(build)

    versions = RememberedVersions(Hanging(), FakeClock(), FakeMetrics(), longest=0.05)
    begun = time.monotonic()
    assert [versions.of(*BUILD) for _ in range(20)] == [None] * 20
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("build", ["", "2" * 101, "\0", "a\nb", "\ud800"])
def test_what_no_build_is_called_is_not_asked_for(build: str) -> None:
    world = World()
    assert world.of(build) is None
    assert world.place.asked == []
    assert world.metrics.recorded == []
