"""Who hands on to the heavy lane wakes it, once for a burst, and is never stopped by that."""

import logging
import threading

import pytest

from moonwalk.metrics import Metric
from moonwalk.usecases.wake_workers import REMEMBERED_SECONDS, WakeWorkers, WakingPacking
from tests.builders import CRASH_ID
from tests.fakes import FakeClock, FakeHeavyPacking, FakeMetrics, FakeWorkers
from tests.unit.usecases.test_meet_need import NEED
from tests.unit.usecases.world import World

HEAVY_DUMP = b"MDMP" * 300_000


@pytest.fixture
def workers() -> FakeWorkers:
    return FakeWorkers()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def metrics() -> FakeMetrics:
    return FakeMetrics()


@pytest.fixture
def wake(workers: FakeWorkers, clock: FakeClock, metrics: FakeMetrics) -> WakeWorkers:
    return WakeWorkers(workers, clock, metrics)


def test_a_burst_looks_once_and_later_again(
    wake: WakeWorkers, workers: FakeWorkers, clock: FakeClock, metrics: FakeMetrics
) -> None:
    for _ in range(100):
        wake()
    assert (workers.wanted, workers.looks) == (1, 1)
    clock.advance(REMEMBERED_SECONDS)
    wake()
    assert workers.looks == 2
    assert metrics.total(Metric.WORKERS_WOKEN) == metrics.total(
        Metric.WORKERS_WOKEN, outcome="woken"
    )
    assert metrics.total(Metric.WORKERS_WOKEN) == 1


def test_a_failure_is_a_warning_and_the_next_one_tries_again(
    wake: WakeWorkers,
    workers: FakeWorkers,
    metrics: FakeMetrics,
    caplog: pytest.LogCaptureFixture,
) -> None:
    workers.failing = True
    with caplog.at_level(logging.WARNING):
        wake()
    assert "no worker could be asked for: waking: AWS answered" in caplog.text
    workers.failing = False
    wake()
    assert workers.wanted == 1
    assert metrics.total(Metric.WORKERS_WOKEN, outcome="failed") == 1


def test_nobody_waits_while_another_looks(wake: WakeWorkers, workers: FakeWorkers) -> None:
    looking, done = threading.Event(), threading.Event()

    def wake_slowly() -> bool:
        looking.set()
        return done.wait(60)

    workers.wake = wake_slowly  # type: ignore[method-assign]
    first = threading.Thread(target=wake)
    first.start()
    assert looking.wait(60)
    wake()
    done.set()
    first.join()


def test_what_is_handed_on_to_pack_wakes_a_worker_once_it_is_in_the_queue(
    wake: WakeWorkers, workers: FakeWorkers
) -> None:
    heavy = FakeHeavyPacking()
    looks: list[int] = []
    heavy.before = lambda: looks.append(workers.looks)
    packing = WakingPacking(heavy, wake)
    packing.hand_on("body")
    packing.need(NEED)
    assert (heavy.bodies, heavy.needs) == (["body"], [NEED])
    assert (looks[0], workers.wanted) == (0, 1)


def test_a_crash_for_the_light_lane_wakes_nobody() -> None:
    world = World()
    world.deliver()
    assert world.workers.looks == 0


def test_a_crash_for_the_heavy_lane_wakes_a_worker() -> None:
    world = World()
    world.store.put_crash(CRASH_ID, upload_file_minidump=HEAVY_DUMP)
    world.deliver()
    assert world.workers.wanted == 1


def test_a_crash_is_handed_on_though_nobody_can_be_woken() -> None:
    world = World()
    world.workers.failing = True
    world.store.put_crash(CRASH_ID, upload_file_minidump=HEAVY_DUMP)
    assert world.deliver() is None
    assert len(world.workflows.started) == 1
