"""What was measured of packing: figures, rows, table and goals."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli.benchmarks.process import Usage
from cli.benchmarks.report import Goal
from cli.benchmarks.spread import Spread, ratios

MEGABYTE = 1e6


@dataclass(slots=True)
class Packed:
    """All that was measured of one input.

    Attributes:
        packing: what each run of `moonwalk-pack build` used.
        parsing: what each run of the reference used that parses the same text.
        files: how many texts were packed.
        text_bytes: their size, of which the packs have `pack_bytes`.
        note: why there is nothing, if there is nothing.
        troubles: what must not be.
    """

    name: str
    packing: list[Usage] = field(default_factory=list)
    parsing: list[Usage] = field(default_factory=list)
    files: int = 0
    text_bytes: int = 0
    pack_bytes: int = 0
    note: str = ""
    troubles: list[str] = field(default_factory=list)

    @property
    def size(self) -> float | None:
        """Size of the packs as a share of their texts."""
        return self.pack_bytes / self.text_bytes if self.text_bytes else None

    @property
    def wall(self) -> Spread | None:
        """Wall clock of packing as a share of parsing, by pairs."""
        pack, parse = ([used.wall for used in runs] for runs in (self.packing, self.parsing))
        return Spread.of(ratios(pack, parse)) if parse else None

    @property
    def memory(self) -> float | None:
        """Peak memory of packing, in MB, of the run that needed most."""
        peaks = [used.memory / MEGABYTE for used in self.packing]
        return max(peaks) if peaks else None

    def row(self) -> dict[str, Any]:
        """Give the raw figures."""
        return {
            "case": self.name,
            "note": self.note,
            "troubles": self.troubles,
            "packing": [used.figures() for used in self.packing],
            "parsing": [used.figures() for used in self.parsing],
            "packing_to_parsing": asdict(self.wall) if self.wall else None,
            "files": self.files,
            "text_bytes": self.text_bytes,
            "pack_bytes": self.pack_bytes,
            "size": self.size,
        }


def goals(found: Iterable[Packed]) -> list[Goal]:
    """Give the goals of the cases that were asked for; one without a figure has no value."""
    hoped: list[Goal] = []
    for one in found:
        if one.name == "corpus":
            hoped.append(Goal("corpus, packs to text", 0.25, one.size, "of the text"))
            continue
        wall = one.wall.middle if one.wall else None
        hoped.append(Goal(f"{one.name}, packing to parsing once, wall", 1, wall, "x"))
        hoped.append(Goal(f"{one.name}, peak memory of packing", 256, one.memory, "MB"))
    return hoped


def _spread(runs: Sequence[Usage], figure: Callable[[Usage], float]) -> str:
    if not runs:
        return ""
    spread = Spread.of(map(figure, runs))
    return f"{spread.middle:,.1f} ({spread.low:,.1f} to {spread.high:,.1f})"


def table(found: Iterable[Packed]) -> Table:
    """Give a column for each case."""
    cases = list(found)
    lines: dict[str, Callable[[Packed], str]] = {
        "packing, wall s": lambda one: _spread(one.packing, lambda used: used.wall),
        "packing, user + system s": lambda one: _spread(one.packing, lambda used: used.cpu),
        "packing, peak MB": lambda one: _spread(one.packing, lambda used: used.memory / MEGABYTE),
        "parsing, wall s": lambda one: _spread(one.parsing, lambda used: used.wall),
        "parsing, user + system s": lambda one: _spread(one.parsing, lambda used: used.cpu),
        "parsing, peak MB": lambda one: _spread(one.parsing, lambda used: used.memory / MEGABYTE),
        "wall, packing to parsing": lambda one: f"{one.wall.middle:.2f}" if one.wall else "",
        "files": lambda one: f"{one.files}" if one.files else "",
        "text MB": lambda one: f"{one.text_bytes / MEGABYTE:,.1f}" if one.files else "",
        "packs MB": lambda one: f"{one.pack_bytes / MEGABYTE:,.1f}" if one.files else "",
        "packs to text": lambda one: f"{one.size:.4f}" if one.size else "",
        "": lambda one: one.note,
    }
    made = Table(box=SIMPLE_HEAD, title="median (smallest to largest)")
    made.add_column("")
    for one in cases:
        made.add_column(one.name, justify="right")
    for name, cell in lines.items():
        made.add_row(name, *(cell(one) for one in cases))
    return made
