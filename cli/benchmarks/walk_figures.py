"""What was measured of a case, as figures of both sides with their ratios, and as a row."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cli.benchmarks.process import Usage
from cli.benchmarks.spread import Spread, ratios, reached_by_most, within_for_most
from cli.benchmarks.walk_counts import Traced
from cli.benchmarks.walk_pairs import Pair
from cli.benchmarks.walk_sides import OURS, THEIRS


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity, measured on both sides as often on the one as on the other.

    Attributes:
        reference: upstream's figures.
        moonwalk: ours, in the same order.
    """

    reference: Sequence[float]
    moonwalk: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """How many times the reference's figure is ours, pair by pair."""
        return ratios(self.reference, self.moonwalk)

    def summed_up(self) -> dict[str, Any]:
        """Give the spreads for a row."""
        sides = {THEIRS.name: self.reference, OURS.name: self.moonwalk}
        spreads = {
            name: {**asdict(Spread.of(side)), "within_for_95_percent": within_for_most(side)}
            for name, side in sides.items()
        }
        tail = {"reached_by_95_percent": reached_by_most(self.ratios)}
        return {**spreads, "ratio": {**asdict(Spread.of(self.ratios)), **tail}}


@dataclass(slots=True)
class Measured:
    """All that was measured of a case.

    Attributes:
        pairs: with the page cache warm.
        dropped: with the page cache dropped; empty where that is not allowed.
        traced: reads of symbols, None before they were counted.
        instructions: by side.
        note: what a reader of the row has to know.
        troubles: what must not be.
    """

    name: str
    note: str = ""
    pairs: Sequence[Pair] = ()
    dropped: Sequence[Pair] = ()
    traced: Traced | None = None
    instructions: dict[str, int] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Figure]:
        """Give every quantity that was measured on both sides."""
        found = {
            "wall": _of(self.pairs, lambda used: used.wall),
            "user + system": _of(self.pairs, lambda used: used.cpu),
            "peak memory": _of(self.pairs, lambda used: used.memory),
            "instructions": self._instructions(),
            "symbol bytes": self._read("bytes"),
            "reads": self._read("calls"),
            "wall, cache dropped": _of(self.dropped, lambda used: used.wall),
        }
        return {name: figure for name, figure in found.items() if figure}

    def row(self) -> dict[str, Any]:
        """Give the row of the report: raw figures, and their spreads."""
        traced = self.traced
        return {
            "case": self.name,
            "note": self.note,
            "troubles": self.troubles,
            "figures": {name: figure.summed_up() for name, figure in self.figures().items()},
            "pairs": [pair.row() for pair in self.pairs],
            "cache_dropped": [pair.row() for pair in self.dropped],
            "reads": {side: asdict(reads) for side, reads in traced.by_side.items()}
            if traced
            else {},
            "stats": traced.stats if traced else None,
            "instructions": self.instructions,
        }

    def _instructions(self) -> Figure | None:
        sides = [self.instructions.get(side.name) for side in (THEIRS, OURS)]
        theirs, ours = sides
        return Figure([theirs], [ours]) if theirs and ours else None

    def _read(self, what: str) -> Figure | None:
        if not self.traced or not self.traced.by_side:
            return None
        theirs, ours = (getattr(self.traced.by_side[side.name], what) for side in (THEIRS, OURS))
        return Figure([theirs], [ours])


def _of(pairs: Sequence[Pair], figure: Callable[[Usage], float]) -> Figure | None:
    if not pairs:
        return None
    theirs, ours = ([figure(pair.used[side.name]) for pair in pairs] for side in (THEIRS, OURS))
    return Figure(theirs, ours)
