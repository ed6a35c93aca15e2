"""What is measured of a process is its own."""

import shutil
import sys
from pathlib import Path

import pytest

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.process import measure, must

LARGE = 256 << 20


def _true() -> str:
    found = shutil.which("true")
    assert found is not None
    return found


def test_peak_memory_is_not_that_of_the_process_that_measures() -> None:
    ours = bytearray(b"x") * LARGE
    assert measure([_true()]).memory < LARGE / 4
    assert len(ours) == LARGE


def test_peak_memory_has_what_the_process_took() -> None:
    taking = f"bytearray(b'x') * {LARGE}"
    assert measure([sys.executable, "-S", "-c", taking]).memory > LARGE


def test_processor_time_is_that_of_the_process_rather_than_of_waiting_for_it() -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass"
    assert measure([sys.executable, "-S", "-c", busy]).cpu >= 0.2


def test_exit_code_and_standard_error_are_handed_on() -> None:
    used = measure([sys.executable, "-S", "-c", "import sys; sys.exit('first\\nthe reason')"])
    assert (used.code, used.log) == (1, "first\nthe reason\n")


def test_a_signal_is_a_negative_code() -> None:
    assert measure([sys.executable, "-S", "-c", "import os; os.kill(os.getpid(), 9)"]).code == -9


def test_nothing_of_the_environment_is_handed_on_but_the_language() -> None:
    telling = "import os, sys; print(sorted(os.environ), file=sys.stderr)"
    assert "'LANG'" in measure([sys.executable, "-S", "-c", telling]).log
    assert "PATH" not in measure([sys.executable, "-S", "-c", telling]).log


def test_a_command_that_must_end_well_and_does_not_is_told_with_its_last_line() -> None:
    with pytest.raises(Unmeasurable, match="ended with 1: the reason"):
        must([sys.executable, "-S", "-c", "import sys; sys.exit('first\\nthe reason')"])


def test_a_command_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(Unmeasurable, match="nowhere could not be started"):
        measure([tmp_path / "nowhere"])
