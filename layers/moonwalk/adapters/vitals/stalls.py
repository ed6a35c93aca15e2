"""What processes wait for: pressure as far as the kernel tells it, and the share of iowait."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from moonwalk.adapters.vitals.kernel import Kernel, Since, text

RESOURCES = ("cpu", "io", "memory")
SHARES = ("some", "full")
_TICKS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")


@dataclass(frozen=True, slots=True)
class Pressure:
    """The share of the last minute in which work stood still for want of something.

    Attributes:
        resource: of `RESOURCES`.
        share: `some` of the tasks stood still, or the `full` set of them.
        percent: from 0 to 100.
    """

    resource: str
    share: str
    percent: float


def read_pressure(kernel: Kernel, group: Path | None) -> list[Pressure]:
    """Read what the kernel tells of a control group, or of the whole machine; it may be nothing."""
    found = []
    for resource in RESOURCES:
        own = text(group / f"{resource}.pressure") if group else None
        told = own or text(kernel.proc / "pressure" / resource) or ""
        found += [Pressure(resource, share, percent) for share, percent in _averages(told)]
    return found


class Ticks:
    """How processors spent their time since they were last looked at."""

    def __init__(self, proc: Path) -> None:
        """Look for the first time."""
        self._stat = proc / "stat"
        self._since = Since(self._read())

    def shares(self) -> tuple[float, float] | None:
        """Give the percentages that were busy, and idle with reads or writes pending."""
        grown = self._since.grown(self._read())
        total = sum(grown.values())
        if not total:
            return None
        waited = grown["iowait"]
        return 100 * (total - grown["idle"] - waited) / total, 100 * waited / total

    def _read(self) -> dict[str, float]:
        lines = (text(self._stat) or "").splitlines()
        numbers = lines[0].split()[1:] if lines else []
        return dict(zip(_TICKS, map(float, numbers), strict=False))


def _averages(told: str) -> Iterator[tuple[str, float]]:
    for line in told.splitlines():
        share, *fields = line.split()
        named = dict(field.split("=", 1) for field in fields if "=" in field)
        if share in SHARES and "avg60" in named:
            yield share, float(named["avg60"])
