"""Where everything lies, and how a step runs: every step tells what it does and what it cost."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PLACE = PROJECT / "build" / "giant-real"
ROOT = PLACE / "root"
LIBRARIES = ROOT / "usr/lib/x86_64-linux-gnu"
SYMBOLS = PLACE / "symbols"
DUMPS = PLACE / "dumps"
TOOLS = PLACE / "tools"
OSD = ROOT / "usr/bin/ceph-osd"
LIBRARY_PATH = f"{LIBRARIES}:{LIBRARIES}/ceph:{ROOT}/lib/x86_64-linux-gnu"


class GiantError(Exception):
    """What is missing or went wrong, and what to do about it."""


def say(text: str) -> None:
    """Tells of the step that begins or ended."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def need(tool: str, remedy: str) -> str:
    """The path of a tool of this machine."""
    path = shutil.which(tool)
    if path is None:
        raise GiantError(f"{tool} is missing: {remedy}")
    return path


@dataclass(frozen=True)
class Cost:
    """What a child process took."""

    wall: float
    cpu: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s wall, {self.cpu:.1f} s cpu, peak {self.peak_mb:.0f} MB"


def run(command: list[str], *, memory_limit: int | None = None) -> Cost:
    """Runs a long command politely and returns its cost; `memory_limit` is in bytes."""
    started = time.monotonic()
    child = subprocess.Popen(["nice", "-n", "10", *command], stdin=subprocess.DEVNULL)
    if memory_limit is not None:
        resource.prlimit(child.pid, resource.RLIMIT_AS, (memory_limit, memory_limit))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise GiantError(f"{' '.join(command)} ended with {child.returncode}")
    wall = time.monotonic() - started
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def remember(step: str, cost: Cost) -> None:
    """Keeps the cost of a step for the table, which later runs print too."""
    figures = remembered()
    figures[step] = str(cost)
    (PLACE / "costs.json").write_text(json.dumps(figures, indent=1) + "\n")


def remembered() -> dict[str, str]:
    """The cost of each step that ran, by its name."""
    path = PLACE / "costs.json"
    return json.loads(path.read_text()) if path.exists() else {}


def is_newer(result: Path, source: Path) -> bool:
    """Whether a result is there, made after its source was changed."""
    return result.exists() and result.stat().st_mtime > source.stat().st_mtime


def megabytes(path: Path) -> str:
    """The size of a file, as people read it."""
    return f"{path.stat().st_size / 1e6:,.1f} MB"
