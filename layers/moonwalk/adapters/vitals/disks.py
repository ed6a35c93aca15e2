"""The device under a folder: what it is, what was read from it, and how full it is."""

import os
from dataclasses import dataclass
from pathlib import Path

from moonwalk.adapters.vitals.kernel import Kernel, text

SECTOR_BYTES = 512
"""Of /proc/diskstats, whatever the device's own are."""
_READS, _READ_SECTORS, _READ_MILLISECONDS = 3, 5, 6


@dataclass(frozen=True, slots=True)
class Mount:
    """What a folder lies on.

    Attributes:
        kind: the file system's, as `ext4`.
        device: its numbers, as `259:1`.
    """

    kind: str
    device: str


@dataclass(frozen=True, slots=True)
class Room:
    """In bytes, as one who is not root has it."""

    free: int
    size: int


def mount_of(kernel: Kernel, folder: Path) -> Mount | None:
    """Find the mount that a folder lies on: the last of the longest that lead to it."""
    best: tuple[int, Mount] | None = None
    resolved = folder.resolve()
    for line in (text(kernel.proc / "self" / "mountinfo") or "").splitlines():
        head, _, tail = line.partition(" - ")
        _, _, device, _, point, *_ = head.split()
        place = Path(point.replace("\\040", " "))
        if resolved.is_relative_to(place) and (best is None or len(place.parts) >= best[0]):
            best = len(place.parts), Mount(tail.split()[0], device)
    return best[1] if best else None


def model_of(kernel: Kernel, device: str) -> str:
    """Give what a device says that it is, as a cloud's do; empty where it says nothing."""
    block = (kernel.sys / "dev" / "block" / device).resolve()
    # A partition lies within its disk.
    for folder in (block, block.parent):
        if model := text(folder / "device" / "model"):
            return model.strip()
    return ""


def reads_of(kernel: Kernel, device: str) -> dict[str, float]:
    """Give what was ever read from a device; empty for one that is not on a disk of its own."""
    for line in (text(kernel.proc / "diskstats") or "").splitlines():
        fields = line.split()
        if ":".join(fields[:2]) == device:
            return {
                "reads": float(fields[_READS]),
                "bytes": float(fields[_READ_SECTORS]) * SECTOR_BYTES,
                "seconds": float(fields[_READ_MILLISECONDS]) / 1000,
            }
    return {}


def room_in(folder: Path) -> Room:
    """Tell how much room there is.

    Raises:
        OSError: when there is no such folder.
    """
    told = os.statvfs(folder)
    return Room(told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize)
