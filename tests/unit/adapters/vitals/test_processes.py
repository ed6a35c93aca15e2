"""Processes by what they are and do: real ones, and files of the kernel's."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from moonwalk.adapters.vitals.processes import read_processes
from moonwalk.domain.processes import ProcessKind, ProcessStatus
from tests.unit.adapters.vitals.recorded import RecordedKernel

PROC = Path("/proc")
NOBODY = 0


@contextmanager
def running(*command: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a child, which is killed and waited for in the end."""
    child = subprocess.Popen(command)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def only(tmp_path: Path) -> RecordedKernel:
    """A /proc that shows no more processes than a test lets it."""
    return RecordedKernel(tmp_path)


def shown(kernel: RecordedKernel, *children: subprocess.Popen[bytes]) -> Path:
    """Show these processes only, as they are: a test machine has many others."""
    for child in children:
        (kernel.kernel.proc / str(child.pid)).symlink_to(PROC / str(child.pid))
    return kernel.kernel.proc


def test_a_child_that_nobody_waited_for_is_a_zombie_without_open_files(
    only: RecordedKernel,
) -> None:
    with running("true") as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        found = read_processes(shown(only, child), NOBODY)
    assert found.by_status == {status: int(status == "zombie") for status in ProcessStatus}
    assert found.open_files == 0


def test_a_child_that_was_stopped_is_told_as_stopped(only: RecordedKernel) -> None:
    with running("sleep", "60") as child:
        child.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
        found = read_processes(shown(only, child), NOBODY)
    assert found.by_status[ProcessStatus.STOPPED] == 1


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        ("moonwalk-broker", "broker"),
        ("moonwalk-stackwalker", "stackwalker"),
        ("moonwalk-pack", "packer"),
        ("moonwalk (1) x", "other"),
    ],
)
def test_our_programs_are_known_by_their_names_however_the_kernel_cuts_them(
    only: RecordedKernel, tmp_path: Path, program: str, kind: str
) -> None:
    (tmp_path / program).symlink_to("/bin/sleep")
    with running(tmp_path / program, "60") as child:
        # Popen returns once the program has replaced the copy of this process.
        found = read_processes(shown(only, child), NOBODY)
    assert found.by_kind == {each: int(each == kind) for each in ProcessKind}


def test_this_machine_has_the_worker_and_its_files_among_others() -> None:
    before = read_processes(PROC, os.getpid())
    opened = [os.open(PROC, os.O_RDONLY) for _ in range(500)]
    after = read_processes(PROC, os.getpid())
    for descriptor in opened:
        os.close(descriptor)
    assert before.by_kind[ProcessKind.WORKER] == after.by_kind[ProcessKind.WORKER] == 1
    assert sum(before.by_kind.values()) == sum(before.by_status.values())
    assert before.open_files > 0
    assert after.open_files > 500


def test_a_process_that_ended_between_two_looks_is_not_counted(recorded: RecordedKernel) -> None:
    (recorded.kernel.proc / "7").mkdir()
    recorded.proc("8/stat", "8 (odd) name) D 1 8 8 0")
    found = read_processes(recorded.kernel.proc, worker=8)
    assert sum(found.by_kind.values()) == found.by_kind[ProcessKind.WORKER] == 1
    assert found.by_status[ProcessStatus.DISK_SLEEP] == 1
