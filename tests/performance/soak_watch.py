"""What a worker holds of its machine: memory, descriptors, processes and files, from /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable

PROC = Path("/proc")
BROKER = "moonwalk-broker"


@dataclass(frozen=True, slots=True)
class Held:
    """What a worker held at one moment.

    Attributes:
        walks: that had been done by then.
        worker_bytes, broker_bytes: of resident memory.
        worker_files, broker_files: open descriptors.
        threads: of the worker.
        processes: below the worker, the broker among them.
        zombies: those that have ended and were not waited for.
        scratch_files, scratch_bytes: in its scratch folder, the broker's cache included.
        cpu_seconds: of the worker and its children that have ended, since it began.
    """

    walks: int
    worker_bytes: int
    broker_bytes: int
    worker_files: int
    broker_files: int
    threads: int
    processes: int
    zombies: int
    scratch_files: int
    scratch_bytes: int
    cpu_seconds: float


def held(worker: int, scratch: Path, walks: int) -> Held:
    """Look at a worker, its children and its scratch folder.

    Raises:
        Unmeasurable: when it has ended, or has no broker.
    """
    below = {pid: _status(pid) for pid in descendants(worker)}
    brokers = [pid for pid, status in below.items() if status.get("Name", "") == BROKER[:15]]
    if not brokers:
        raise Unmeasurable("the worker has no broker any more: look into its log")
    files = _files(scratch)
    return Held(
        walks=walks,
        worker_bytes=_resident(_status(worker)),
        broker_bytes=_resident(below[brokers[0]]),
        worker_files=_descriptors(worker),
        broker_files=_descriptors(brokers[0]),
        threads=int(_status(worker)["Threads"]),
        processes=len(below),
        zombies=sum(status.get("State", "").startswith("Z") for status in below.values()),
        scratch_files=len(files),
        scratch_bytes=sum(file.stat().st_blocks * 512 for file in files),
        cpu_seconds=_cpu(worker),
    )


def descendants(parent: int) -> list[int]:
    """Give the processes that a process has started, and theirs."""
    parents = {pid: int(status.get("PPid", 0)) for pid, status in _all()}
    found, front = list[int](), {parent}
    while front:
        front = {pid for pid, above in parents.items() if above in front}
        found += front
    return found


def _all() -> Iterator[tuple[int, dict[str, str]]]:
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (status := _status(int(entry.name))):
            yield int(entry.name), status


def _status(pid: int) -> dict[str, str]:
    """Read what the kernel says of a process; empty when it is gone."""
    try:
        lines = (PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _resident(status: dict[str, str]) -> int:
    if "VmRSS" not in status:
        raise Unmeasurable("a process that is watched has ended: look into the worker's log")
    return int(status["VmRSS"].split()[0]) * 1024


def _cpu(pid: int) -> float:
    """Give user and system time of a process and of the children that it has waited for."""
    after_name = (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


def _descriptors(pid: int) -> int:
    return sum(1 for _ in (PROC / str(pid) / "fd").iterdir())


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]
