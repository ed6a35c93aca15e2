"""What is told of one side of the incident, and the terms it ran under."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MOONWALK, UPSTREAM = "moonwalk", "upstream"
SIDES = (MOONWALK, UPSTREAM)
"""In the order in which they run."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a side did in one second.

    Attributes:
        at: seconds from its beginning.
        blocked: threads that waited for the disk, in the mean of the looks.
        load: of the whole machine: where it is above the processors, others took some of them.
    """

    at: float
    read_bytes: int
    reads: int
    cpu_seconds: float
    memory_bytes: int
    cache_bytes: int
    blocked: float
    load: float


@dataclass
class Run:
    """What became of one side; all times are seconds from its beginning.

    Attributes:
        walked: what was told of each crash that is done.
        packed: what was told of each pack that was made.
        credit_ended: when the disk's credit was gone; None if it lasted.
        seconds: of the whole run.
    """

    side: str
    walked: list[dict[str, Any]] = field(default_factory=list)
    packed: list[dict[str, Any]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    credit_ended: float | None = None
    seconds: float = 0.0

    def finished(self) -> list[float]:
        """Give when each crash was done that was walked to its end, in order."""
        return [each["at"] for each in self.walked if each["outcome"] == "ok"]


def run_of(side: str, runs: Iterable[Run]) -> Run | None:
    """Give the run of a side, if it was run."""
    return next((run for run in runs if run.side == side), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what terms a side runs.

    Attributes:
        memory_bytes: for processes and page cache together.
        seconds: at most.
        half: end the credit when so many crashes are done.
        credit_until: end it at this time at the latest.
    """

    memory_bytes: int
    seconds: float
    half: int | None = None
    credit_until: float | None = None
