"""What a heartbeat tells of this machine, and of kernels that tell less."""

import logging
from pathlib import Path

import pytest

from moonwalk.adapters.vitals.container import ContainerVitals
from moonwalk.domain.processes import ProcessKind, ProcessStatus
from moonwalk.metrics import Metric
from tests.fakes import FakeMetrics
from tests.unit.adapters.vitals.recorded import RecordedKernel


def told(metrics: FakeMetrics) -> dict[Metric, float]:
    return {metric: value for metric, value, _ in metrics.recorded}


def test_this_machine_tells_processes_memory_and_room(tmp_path: Path) -> None:
    metrics = FakeMetrics()
    ContainerVitals(metrics, tmp_path).tell()
    found = told(metrics)
    assert found[Metric.OPEN_FILES] > 0
    assert 0 < found[Metric.MEMORY_USED] < found[Metric.MEMORY_LIMIT]
    assert found[Metric.SCRATCH_FREE] > 0
    assert metrics.total(Metric.PROCESSES_BY_TYPE, proctype="worker") == 1


def test_every_kind_and_every_state_is_told_also_where_there_is_none(
    recorded: RecordedKernel, tmp_path: Path
) -> None:
    metrics = FakeMetrics()
    ContainerVitals(metrics, tmp_path, recorded.kernel).tell()
    kinds = [each for metric, _, each in metrics.recorded if metric is Metric.PROCESSES_BY_TYPE]
    states = [each for metric, _, each in metrics.recorded if metric is Metric.PROCESSES_BY_STATUS]
    assert kinds == [{"proctype": kind} for kind in ProcessKind]
    assert states == [{"procstatus": status} for status in ProcessStatus]


def test_a_kernel_without_pressure_is_said_once_and_the_metric_is_not_sent(
    recorded: RecordedKernel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = FakeMetrics()
    vitals = ContainerVitals(metrics, tmp_path, recorded.kernel)
    with caplog.at_level(logging.INFO):
        vitals.tell()
        vitals.tell()
    assert Metric.PRESSURE not in told(metrics)
    assert [record.message for record in caplog.records] == [
        "this kernel tells no pressure: worker.pressure is not sent"
    ]


def test_what_the_processors_and_the_disk_did_is_of_the_time_between_two_beats(
    recorded: RecordedKernel,
) -> None:
    scratch = recorded.kernel.proc.parent
    recorded.proc("self/mountinfo", "27 1 259:1 / / rw - ext4 /dev/x rw\n")
    recorded.proc("diskstats", "259 1 x 100 0 1000 5000 0 0 0 0 0 0 0\n")
    recorded.proc("stat", "cpu  100 0 0 100 0 0 0 0\n")
    recorded.proc("pressure/io", "some avg10=0 avg60=12.5 avg300=0 total=1\n")
    metrics = FakeMetrics()
    vitals = ContainerVitals(metrics, scratch, recorded.kernel)
    recorded.proc("diskstats", "259 1 x 130 0 1010 8000 0 0 0 0 0 0 0\n")
    recorded.proc("stat", "cpu  110 0 0 130 60 0 0 0\n")
    vitals.tell()
    found = told(metrics)
    assert found[Metric.DISK_READS] == 30
    assert found[Metric.DISK_READ_BYTES] == 5120
    assert found[Metric.DISK_READ_TIME] == 3.0
    assert (found[Metric.CPU_BUSY], found[Metric.IOWAIT]) == (10.0, 60.0)
    assert metrics.total(Metric.PRESSURE, resource="io", share="some") == 12.5
