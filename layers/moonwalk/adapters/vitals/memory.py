"""Memory as a container has it: its control group's, of either version, or the machine's."""

from dataclasses import dataclass
from pathlib import Path

from moonwalk.adapters.vitals.kernel import Kernel, text

_V1 = ("memory.usage_in_bytes", "memory.limit_in_bytes", "total_inactive_file")
_V2 = ("memory.current", "memory.max", "inactive_file")
"""Files of what is used and of what may be, and the line that names cache to be had back."""
_MOUNTS = {
    "memory": ("fs/cgroup/memory",),
    "": ("fs/cgroup", "fs/cgroup/unified"),
}
"""Where the hierarchy with the memory controller is mounted, for version 1 and for version 2."""


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes; what the page cache holds of files and could drop at once is not used."""

    used: int
    limit: int


def own_group(kernel: Kernel, controller: str) -> Path | None:
    """Find the folder of this process's group: of a controller of version 1, or `` for version 2.

    A container sees its own group as the root of the mount, whatever path the kernel tells it.
    """
    for line in (text(kernel.proc / "self" / "cgroup") or "").splitlines():
        _, controllers, path = line.split(":", 2)
        if controller not in controllers.split(","):
            continue
        mounts = [kernel.sys / mount for mount in _MOUNTS[controller]]
        folders = [mount / path.lstrip("/") for mount in mounts] + mounts
        return next((folder for folder in folders if (folder / "cgroup.procs").exists()), None)
    return None


def read_memory(kernel: Kernel) -> Memory | None:
    """Read what the group uses, and the least of the limits; None where nothing tells."""
    machine = _machine(kernel.proc)
    for controller, files in (("memory", _V1), ("", _V2)):
        group = own_group(kernel, controller)
        if group and (found := _of_group(group, files, machine)):
            return found
    return machine


def _of_group(group: Path, files: tuple[str, str, str], machine: Memory | None) -> Memory | None:
    usage, limit, cache = files
    used = text(group / usage)
    if used is None:
        return None  # The root group of version 2, or one without the controller.
    limits = [machine.limit] if machine else []
    told = (text(group / limit) or "").strip()
    if told.isdigit():
        limits.append(int(told))
    if not limits:
        return None
    stat = dict(line.split(" ", 1) for line in (text(group / "memory.stat") or "").splitlines())
    return Memory(max(0, int(used) - int(stat.get(cache, 0))), min(limits))


def _machine(proc: Path) -> Memory | None:
    lines = (text(proc / "meminfo") or "").splitlines()
    kilobytes = {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}
    try:
        total, available = (int(kilobytes[name][0]) for name in ("MemTotal", "MemAvailable"))
    except (KeyError, IndexError, ValueError):
        return None
    return Memory((total - available) * 1024, total * 1024)
