"""What one fresh process used: wall clock, processor time and peak memory of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable

HELPER = Path(__file__).with_name("spawned.py")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process used, and how it ended.

    Attributes:
        code: exit code, negative for a signal.
        wall: seconds from start to end.
        cpu: seconds of user and system together.
        memory: peak of resident memory in bytes, mapped files included.
        log: its standard error.
    """

    code: int
    wall: float
    cpu: float
    memory: int
    log: str

    def figures(self) -> dict[str, float]:
        """Give what was measured, for the rows of a report."""
        return {key: value for key, value in asdict(self).items() if key not in {"code", "log"}}


def measure(command: Sequence[str | Path]) -> Usage:
    """Run a command in a fresh process of its own, with an empty environment.

    Raises:
        Unmeasurable: when it could not be started.
    """
    with tempfile.NamedTemporaryFile() as log:
        helper = [sys.executable, "-I", "-S", str(HELPER), log.name]
        done = subprocess.run(
            [*helper, *map(str, command)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unmeasurable(f"{command[0]} could not be started: {last_line(done.stderr)}")
        code, wall, cpu, memory = done.stdout.split()
        said = Path(log.name).read_text(encoding="utf-8", errors="replace")
    return Usage(int(code), float(wall), float(cpu), int(memory), said)


def must(command: Sequence[str | Path]) -> Usage:
    """Measure a command that has to end well.

    Raises:
        Unmeasurable: when it did not.
    """
    used = measure(command)
    if used.code:
        called = " ".join(map(str, command))
        raise Unmeasurable(f"`{called}` ended with {used.code}: {last_line(used.log)}")
    return used


def last_line(text: str) -> str:
    """Give the line of a log that says why."""
    return text.strip().rpartition("\n")[2] or "it said nothing"
