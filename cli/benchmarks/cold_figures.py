"""What was measured of cold walks: figures, rows, table and goals."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli.benchmarks.report import Goal
from cli.benchmarks.spread import Spread

MB = 1e6
GIANT = "-giant"
"""Ends the names of the cases with a file of about 1 GB."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one walk cost.

    Attributes:
        wall: seconds.
        requests: to the server.
        bytes: of their answers.
        chain: the most requests of which each was made with the answer to the one before known;
            None where that cannot be seen.
    """

    wall: float
    requests: int
    bytes: int
    chain: int | None


@dataclass(frozen=True, slots=True)
class Burst:
    """Many different crashes, one after the other: means of requests and bytes, median of wall.

    Attributes:
        without_requests: walks that asked for nothing.
    """

    walks: int
    requests: float
    bytes: float
    wall: float
    without_requests: int

    @classmethod
    def of(cls, walks: Sequence[Figures]) -> Self:
        """Sum walks up."""
        return cls(
            walks=len(walks),
            requests=statistics.mean(walk.requests for walk in walks),
            bytes=statistics.mean(walk.bytes for walk in walks),
            wall=statistics.median(walk.wall for walk in walks),
            without_requests=sum(not walk.requests for walk in walks),
        )


Walks = Mapping[str, Sequence[Figures]]


def goals(cold: Walks, burst: Burst | None) -> Iterator[Goal]:
    """Hold what was measured against what was hoped for."""
    for name, walks in cold.items():
        large = name.endswith(GIANT)
        wall = statistics.median(walk.wall for walk in walks)
        yield Goal(f"{name}, wall", 1.0 if large else 0.6, wall, "s")
        if large:
            most = max(walk.bytes for walk in walks) / MB
            yield Goal(f"{name}, bytes", 16, most, "MB")
            chain = max(walk.chain or 0 for walk in walks)
            yield Goal(f"{name}, chain", 8, chain, "requests")
    if burst:
        yield Goal("burst, mean", 5, burst.requests, "requests a crash")


def rows(
    cold: Walks, failing: Walks, reference: Mapping[str, Figures], burst: Burst | None
) -> Iterator[dict[str, Any]]:
    """Give what the file for machines has."""
    for name, walks in cold.items():
        upstream = reference.get(name)
        yield {
            "case": name,
            "cold": [asdict(walk) for walk in walks],
            "failing": [asdict(walk) for walk in failing[name]],
            "upstream": asdict(upstream) if upstream else None,
        }
    if burst:
        yield {"case": "burst", **asdict(burst)}


UNITS: Mapping[str, Callable[[float], str]] = {
    "wall": "{:,.2f} s".format,
    "requests": "{:,.0f}".format,
    "bytes": lambda count: f"{count / MB:,.2f} MB",
    "chain": "{:,.0f}".format,
}


def table(
    cold: Walks, failing: Walks, reference: Mapping[str, Figures], burst: Burst | None
) -> Table:
    """Give a line for each figure of each case."""
    made = Table(box=SIMPLE_HEAD, title="median (smallest to largest)")
    made.add_column("case")
    made.add_column("figure")
    for column in ("upstream", "moonwalk", "with 503s"):
        made.add_column(column, justify="right")
    for name, walks in cold.items():
        upstream = reference.get(name)
        for figure, unit in UNITS.items():
            cells = [[upstream] if upstream else [], walks, failing[name]]
            shown = [_cell([getattr(walk, figure) for walk in some], unit) for some in cells]
            made.add_row(name if figure == "wall" else "", figure, *shown)
        made.add_section()
    if burst:
        told = f"{burst.requests:,.1f} requests and {burst.bytes / MB:,.2f} MB a crash"
        made.caption = (
            f"a burst of {burst.walks}: {told} in the mean, {burst.without_requests} asked for "
            f"nothing, median {burst.wall:,.2f} s"
        )
    return made


def _cell(values: Sequence[float | None], unit: Callable[[float], str]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return ""
    spread = Spread.of(known)
    if spread.low == spread.high:
        return unit(spread.middle)
    return f"{unit(spread.middle)} ({unit(spread.low)} to {unit(spread.high)})"
