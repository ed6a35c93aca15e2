"""Pressure and iowait, from files as kernels write them."""

import pytest

from moonwalk.adapters.vitals.stalls import Pressure, Ticks, read_pressure
from tests.unit.adapters.vitals.recorded import RecordedKernel

IO = """some avg10=72.10 avg60=61.25 avg300=30.00 total=12345678
full avg10=50.00 avg60=40.50 avg300=20.00 total=9876543
"""
CPU = "some avg10=1.00 avg60=2.50 avg300=3.00 total=42\n"


def test_pressure_is_the_share_of_the_last_minute_of_each_resource(
    recorded: RecordedKernel,
) -> None:
    recorded.proc("pressure/io", IO)
    recorded.proc("pressure/cpu", CPU)
    assert read_pressure(recorded.kernel, None) == [
        Pressure("cpu", "some", 2.5),
        Pressure("io", "some", 61.25),
        Pressure("io", "full", 40.5),
    ]


def test_a_groups_own_pressure_goes_over_the_machines(recorded: RecordedKernel) -> None:
    recorded.proc("pressure/cpu", CPU)
    recorded.sys("fs/cgroup/task/io.pressure", IO)
    group = recorded.kernel.sys / "fs/cgroup/task"
    recorded.proc("pressure/io", CPU)
    found = read_pressure(recorded.kernel, group)
    assert Pressure("io", "full", 40.5) in found
    assert Pressure("cpu", "some", 2.5) in found


@pytest.mark.parametrize("told", [None, "", "some\n", "half avg60=1.00\n"])
def test_a_kernel_that_tells_no_pressure_has_none(
    recorded: RecordedKernel, told: str | None
) -> None:
    if told is not None:
        recorded.proc("pressure/io", told)
    assert read_pressure(recorded.kernel, None) == []


def test_shares_are_of_the_time_since_the_last_look(recorded: RecordedKernel) -> None:
    recorded.proc("stat", "cpu  1000 0 500 8000 400 10 20 70 0 0\ncpu0 1 2 3 4\n")
    ticks = Ticks(recorded.kernel.proc)
    recorded.proc("stat", "cpu  1010 0 505 8030 450 10 25 70 0 0\ncpu0 1 2 3 4\n")
    assert ticks.shares() == (20.0, 50.0)


def test_without_time_gone_by_there_are_no_shares(recorded: RecordedKernel) -> None:
    recorded.proc("stat", "cpu  1000 0 500 8000 400 10 20 70 0 0\n")
    assert Ticks(recorded.kernel.proc).shares() is None
    (recorded.kernel.proc / "stat").unlink()
    assert Ticks(recorded.kernel.proc).shares() is None
