"""What is free of memory and of a disk: a worker takes no crash that has no room."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class _Files:
    """Where a version of control groups tells of memory."""

    limit: str
    usage: str
    cache: tuple[str, str]


_V1 = _Files(
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    ("total_active_file", "total_inactive_file"),
)
_V2 = _Files("memory.max", "memory.current", ("active_file", "inactive_file"))


def free_disk(folder: Path) -> int:
    """Give the bytes that may still be written below a folder."""
    return shutil.disk_usage(folder).free


def free_memory(proc: Path = PROC, cgroups: Path = CGROUPS) -> int:
    """Give the bytes that processes may still take: the least that machine or a group leaves.

    Files in the page cache count as free: the kernel drops them for whoever needs the memory, and a
    worker that reads packs has as many of them as there is room for.

    Args:
        proc: where the kernel tells of this process.
        cgroups: where control groups are mounted, of either version.
    """
    return min([_available(proc), *_left(proc, cgroups)])


def _available(proc: Path) -> int:
    for line in (proc / "meminfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    raise OSError(f"{proc / 'meminfo'} does not tell MemAvailable")


def _left(proc: Path, cgroups: Path) -> Iterator[int]:
    """What each limit leaves: of this process's group and of every group around it."""
    for line in (proc / "self" / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            root, files = cgroups, _V2
        elif "memory" in controllers.split(","):
            root, files = cgroups / "memory", _V1
        else:
            continue
        folder = root / path.lstrip("/")
        for group in (folder, *folder.parents):
            # Absent where a group has no limit, or is told by a path outside of the container.
            with suppress(FileNotFoundError, NotADirectoryError):
                yield from _left_by(group, files)
            if group == root:
                break


def _left_by(group: Path, files: _Files) -> Iterator[int]:
    limit = (group / files.limit).read_text().strip()
    if limit == "max":
        return
    usage = int((group / files.usage).read_text())
    told = (line.split() for line in (group / "memory.stat").read_text().splitlines())
    cache = sum(int(value) for name, value in told if name in files.cache)
    yield int(limit) - usage + cache
