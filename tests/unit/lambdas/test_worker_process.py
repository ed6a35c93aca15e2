"""The worker as a process: how it starts, what ends it, and with which exit code."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.worker import __main__ as worker

WRONG_ENVIRONMENT = 2


class FakeShift:
    """A shift that is told to stop by a signal to this process."""

    finished = True
    failed = False
    stopped = False

    def __init__(self, _working: object, _logger: object, _progress: object) -> None: ...

    def stop(self) -> None:
        FakeShift.stopped = True

    def work(self) -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        return FakeShift.finished


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def shift(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeShift]:
    monkeypatch.setattr(worker, "read_worker", lambda: None)
    monkeypatch.setattr(worker, "read_packer", lambda: None)
    working = SimpleNamespace(stall_seconds=1.0, packing_seconds=1.0)
    monkeypatch.setattr(worker, "compose", lambda *_: working)
    monkeypatch.setattr(worker, "_heartbeat", lambda *_: nullcontext())
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(worker, "Shift", FakeShift)
    monkeypatch.setattr(FakeShift, "stopped", False)
    return FakeShift


def test_a_wrong_environment_is_one_clear_line_and_exit_code_2(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "MOONWALK_WORKER_SLOTS": "many"}
    environment["TMPDIR"] = str(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-m", "lambdas.worker"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (WRONG_ENVIRONMENT, "")
    [line] = ended.stdout.splitlines()
    detail = json.loads(line)["detail"]
    assert "MOONWALK_CRASH_BUCKET is not set" in detail
    assert "MOONWALK_WORKER_SLOTS must be a whole number from 1" in detail


def test_sigterm_ends_the_shift_and_a_finished_one_ends_with_0(shift: type[FakeShift]) -> None:
    assert worker.main() == 0
    assert shift.stopped


def test_a_shift_that_is_not_finished_leaves_without_waiting_for_its_threads(
    shift: type[FakeShift], monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Any] = []
    monkeypatch.setattr(shift, "finished", False)
    monkeypatch.setattr(os, "_exit", left.append)
    worker.main()
    assert left == [0]


def test_a_shift_that_gave_up_by_itself_ends_with_1(
    shift: type[FakeShift], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shift, "failed", True)
    assert worker.main() == 1
