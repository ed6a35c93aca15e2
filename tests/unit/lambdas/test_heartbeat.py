"""The heartbeat: beats while its context lasts, and takes nobody down."""

import json
import threading
from pathlib import Path

import pytest

from lambdas.worker.disk import tell_disk
from lambdas.worker.heartbeat import BEAT_SECONDS, Heartbeat
from moonwalk.adapters import disk_probe
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.vitals.container import ContainerVitals
from moonwalk.metrics import Metric
from tests.fakes import FakeMetrics
from tests.unit.lambdas.functions import FakeEmf, Log
from tests.unit.lambdas.working import PATIENCE

Capture = pytest.CaptureFixture[str]


def test_it_beats_again_and_again_and_a_last_time_at_the_end() -> None:
    thrice, beats, metrics = threading.Event(), list[int](), FakeEmf()

    def tell() -> None:
        beats.append(metrics.flushed)
        if len(beats) == 3:
            thrice.set()

    with Heartbeat([tell], metrics, Log().logger, seconds=0.001):
        assert thrice.wait(PATIENCE)
    assert metrics.flushed == len(beats) >= 3
    assert beats == list(range(len(beats)))
    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


def test_a_worker_that_ends_within_its_first_minute_has_beaten_once() -> None:
    metrics = FakeEmf()
    with Heartbeat([lambda: None], metrics, Log().logger, seconds=BEAT_SECONDS):
        pass
    assert metrics.flushed == 1


def test_a_part_that_fails_is_logged_and_the_others_are_told_all_the_same() -> None:
    log, told, metrics = Log(), list[str](), FakeEmf()

    def fail() -> None:
        raise OSError("no such file")

    with Heartbeat([fail, lambda: told.append("after")], metrics, log.logger):
        pass
    assert told == ["after"]
    assert metrics.flushed == 1
    [line] = log.lines("a part of the heartbeat failed")
    assert "no such file" in line["exception"]


def test_a_beat_that_cannot_be_printed_is_logged() -> None:
    log = Log()

    class Broken:
        def flush(self) -> None:
            raise BrokenPipeError

    with Heartbeat([], Broken(), log.logger):
        pass
    assert log.lines("the heartbeat was not printed")


def test_what_is_printed_of_this_machine_are_declared_metrics_with_their_dimensions(
    tmp_path: Path, capsys: Capture
) -> None:
    metrics = EmfMetrics()
    with Heartbeat([ContainerVitals(metrics, tmp_path).tell], metrics, Log().logger):
        pass
    declared = {
        (metric.value.name, metric.value.unit.value, metric.value.dimension_names)
        for metric in Metric
    }
    printed = {
        (one["Name"], one["Unit"], tuple(group["Dimensions"][0]))
        for line in map(json.loads, capsys.readouterr().out.splitlines())
        for group in line["_aws"]["CloudWatchMetrics"]
        for one in group["Metrics"]
    }
    assert printed <= declared
    assert {"processor.processes_by_status", "worker.memory_used"} <= {name for name, *_ in printed}


def test_the_disk_is_told_as_metrics_and_as_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_probe, "MOST_BYTES", disk_probe.PIECE_BYTES)
    metrics, log = FakeMetrics(), Log()
    tell_disk(tmp_path, 0.01, metrics, log.logger)
    [line] = log.lines("disk measured")
    assert metrics.total(Metric.PROBED_SEQUENTIAL, disk=line["disk"]) > 0
    assert metrics.total(Metric.PROBED_RANDOM) > 0
    assert metrics.total(Metric.PROBED_LATENCY) > 0


def test_a_disk_that_cannot_be_measured_is_told_and_no_reason_to_stop(tmp_path: Path) -> None:
    metrics, log = FakeMetrics(), Log()
    tell_disk(tmp_path / "missing", 0.01, metrics, log.logger)
    assert metrics.recorded == []
    assert "missing cannot be read" in log.lines("the disk was not measured")[0]["detail"]
