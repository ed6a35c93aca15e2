"""Where the kernel tells things: tests have recorded examples in these places."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kernel:
    """The two file systems by which a kernel tells what it does.

    Attributes:
        proc: as mounted on /proc.
        sys: as mounted on /sys.
    """

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")


def text(path: Path) -> str | None:
    """Read a small file; None where it is not there, or is nobody's business."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


class Since:
    """How much counters have grown since they were last looked at."""

    def __init__(self, now: Mapping[str, float] | None = None) -> None:
        """Take what they are now; without it, they began at 0."""
        self._before: Mapping[str, float] = dict(now or {})

    def grown(self, now: Mapping[str, float]) -> dict[str, float]:
        """Give the growth of each; one that fell has begun anew, and its growth is all of it."""
        before, self._before = self._before, dict(now)
        grown = {}
        for name, value in now.items():
            earlier = before.get(name, 0)
            grown[name] = value - earlier if value >= earlier else value
        return grown
