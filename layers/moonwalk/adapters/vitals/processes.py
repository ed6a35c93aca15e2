"""The processes of a container, by what they are and by what they do; and their open files."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from moonwalk.adapters.vitals.kernel import text
from moonwalk.domain.processes import ProcessKind, ProcessStatus

_COMM_LENGTH = 15
"""The kernel keeps so much of a program's name."""
_PROGRAMS = {
    "moonwalk-broker"[:_COMM_LENGTH]: ProcessKind.BROKER,
    "moonwalk-stackwalker"[:_COMM_LENGTH]: ProcessKind.STACKWALKER,
    "moonwalk-pack"[:_COMM_LENGTH]: ProcessKind.PACKER,
}
_STATUS_OF = {
    "R": ProcessStatus.RUNNING,
    "S": ProcessStatus.SLEEPING,
    "I": ProcessStatus.SLEEPING,
    "D": ProcessStatus.DISK_SLEEP,
    "Z": ProcessStatus.ZOMBIE,
    "T": ProcessStatus.STOPPED,
    "t": ProcessStatus.STOPPED,
}


@dataclass(frozen=True, slots=True)
class Processes:
    """How many there are.

    Attributes:
        by_kind: for each kind, also where there is none.
        by_status: for each status likewise.
        open_files: descriptors of all of them that may be looked at.
    """

    by_kind: Mapping[ProcessKind, int]
    by_status: Mapping[ProcessStatus, int]
    open_files: int


def read_processes(proc: Path, worker: int) -> Processes:
    """Count what can be seen, which in a container is what belongs to it.

    Args:
        proc: the file system that tells of processes.
        worker: the number of the worker's own process.
    """
    kinds, statuses, open_files = Counter[ProcessKind](), Counter[ProcessStatus](), 0
    for folder in _folders(proc):
        stat = text(folder / "stat")
        if not stat:
            continue  # It has ended meanwhile.
        name, state = program_and_state(stat)
        own = folder.name == str(worker)
        kinds[ProcessKind.WORKER if own else _PROGRAMS.get(name, ProcessKind.OTHER)] += 1
        statuses[_STATUS_OF.get(state, ProcessStatus.OTHER)] += 1
        open_files += _descriptors(folder)
    return Processes(
        {kind: kinds[kind] for kind in ProcessKind},
        {status: statuses[status] for status in ProcessStatus},
        open_files,
    )


def program_and_state(stat: str) -> tuple[str, str]:
    """Take the name of its program and the letter of its state from a process's or thread's stat.

    The name is in parentheses, and may have some in it.
    """
    name, _, rest = stat.partition("(")[2].rpartition(")")
    return name, rest.strip()[:1]


def _folders(proc: Path) -> Iterator[Path]:
    return (folder for folder in proc.iterdir() if folder.name.isdigit())


def _descriptors(folder: Path) -> int:
    try:
        return sum(1 for _ in (folder / "fd").iterdir())
    except OSError:
        return 0  # Ended, a zombie, or a confined child that nobody may look into.
