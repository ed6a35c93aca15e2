"""`python -m worker.health`: whether the worker in this container gets anywhere.

ECS asks this every minute, and replaces a worker that is unhealthy several times in a row. A
worker that is stuck, or whose disk is full, does not die by itself; it only takes work and does
not do it. Exit code 0 and one line, or 1 and the reason. Nothing heavy may be imported here.
"""

import os
import sys
import time
from pathlib import Path

from .standing import Standing, StandingError, place, read

START_SECONDS = 180.0
"""Composing takes two seconds and the probe of the disk a few; lists may come from S3."""
SILENT_SECONDS = 900.0
"""Going round once: five queues are asked, of each a call of 8 s when nothing answers, and finding
their address may take longer. That is the world's fault, which another worker would not mend."""
DRAIN_SECONDS = 300.0
"""More than the 120 s after which ECS kills a worker that was told to stop."""
FULL_BYTES = 256 << 20
"""Less room than this, and neither a dump nor the output of a walk is sure to fit."""


def fault_of(standing: Standing, now: float, free: int) -> str | None:
    """Say what is wrong with a worker; None when nothing is.

    Args:
        standing: what it says of itself.
        now: by the same clock.
        free: bytes left on its scratch.
    """
    if standing.since > now or standing.ticked > now:
        return "the standing is of before this machine's start: no worker has started since"
    match standing.phase:
        case "starting":
            return _late(now - standing.since, START_SECONDS, "it has been starting")
        case "draining":
            return _late(now - standing.since, DRAIN_SECONDS, "it has been draining")
    return (
        _full(free)
        or _late(now - standing.ticked, SILENT_SECONDS, "its loop has not gone round")
        or _stalled(standing, now)
    )


def _stalled(standing: Standing, now: float) -> str | None:
    if standing.crashes and (
        late := _late(now - standing.walked, standing.stall_seconds, "no walk has ended")
    ):
        return f"{late}, with {standing.crashes} crashes in hand"
    if standing.packing is None:
        return None
    return _late(now - standing.packing, standing.packing_seconds, "it has been packing symbols")


def _late(took: float, most: float, what: str) -> str | None:
    return f"{what} for {took:.0f} s; at most {most:.0f} s are right" if took > most else None


def _full(free: int) -> str | None:
    if free >= FULL_BYTES:
        return None
    return f"scratch is full: {free} bytes are left, of which {FULL_BYTES} are needed"


def free_bytes(folder: Path) -> int:
    """Tell the room that is left in a folder; none where no more files can be made."""
    told = os.statvfs(folder)
    return 0 if told.f_files and not told.f_favail else told.f_bavail * told.f_frsize


def main() -> int:
    """Print how the worker is; 0 when it is well, else 1."""
    file = place()
    try:
        fault = fault_of(read(file), time.monotonic(), free_bytes(file.parent))
    except StandingError as error:
        fault = str(error)
    sys.stdout.write(f"unhealthy: {fault}\n" if fault else "healthy\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
