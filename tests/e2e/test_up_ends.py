"""`moonwalk up` leaves nothing behind."""

import os
import signal
import time
from pathlib import Path

import pytest

from cli.exits import ExitCode
from cli.places import ENDPOINT, EXAMPLE_DUMP
from tests.e2e.commands import answer, moonwalk, needs_build, up

pytestmark = needs_build


def _descendants(pid: int) -> set[int]:
    """Give the processes that a process started, directly or not."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        children.setdefault(int(fields[1]), set()).add(int(stat.parent.name))
    found, left = set[int](), [pid]
    while left:
        new = children.get(left.pop(), set()) - found
        found |= new
        left += new
    return found


def _left_of(started: set[int]) -> set[int]:
    """Give those that are still there when a broker has had time to see that its parent ended."""
    until = time.monotonic() + 10
    while True:
        left = {pid for pid in started if Path(f"/proc/{pid}").exists()}
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_ctrl_c_ends_up_with_its_functions_and_workers_and_takes_its_endpoint_back() -> None:
    with up() as (process, endpoint):
        answer("submit", EXAMPLE_DUMP, "--wait")
        started = _descendants(process.pid)
        assert started
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait() == ExitCode.FINE
        assert _left_of(started) == set()
        assert not ENDPOINT.exists()
        assert not Path(endpoint["workspace"]).exists()
    ended = moonwalk("status", "7c1e5a94-3d0b-4f27-9e68-b2a1d0260923")
    assert ended.returncode == ExitCode.UNREACHABLE
    assert "moonwalk up" in ended.stderr
