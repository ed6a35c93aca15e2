"""Runs the two sides by turns in fresh processes, and holds their answers against one another."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.machine import drop_cache, keep_in_cache
from cli.benchmarks.made import KEPT
from cli.benchmarks.process import Usage, last_line, measure
from cli.benchmarks.walk_cases import Case
from cli.benchmarks.walk_sides import OURS, SIDES, THEIRS, Side, same
from cli.places import shown

DIFFERENT = KEPT / "different"
"""Where answers that differ are kept, for a person to look at."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One run of either side on the same dump.

    Attributes:
        trouble: what must not be, such as outputs that differ; None when all is well.
    """

    dump: str
    used: Mapping[str, Usage]
    trouble: str | None

    def row(self) -> dict[str, Any]:
        """Give the raw figures."""
        sides = {name: used.figures() for name, used in self.used.items()}
        return {"dump": self.dump, **sides, "identical": self.trouble is None}

    def told(self) -> str:
        """Say it in a line, while the benchmark runs."""
        theirs, ours = self.used[THEIRS.name].wall, self.used[OURS.name].wall
        return f"{self.dump}: {theirs * 1e3:,.0f} ms, {ours * 1e3:,.1f} ms, {theirs / ours:.1f}x"


def warm(case: Case) -> None:
    """Bring everything that either side reads into the page cache."""
    for path in [*case.symbols, *case.packs, *case.dumps, *(side.binary for side in SIDES)]:
        keep_in_cache(path)


def pairs(case: Case, scratch: Path, told: Callable[[str], None]) -> list[Pair]:
    """Walk every dump of a case as often as it says, the sides taking turns to be first."""
    done: list[Pair] = []
    runs = [dump for dump in case.dumps for _ in range(case.pairs)]
    for number, dump in enumerate(runs, start=1):
        order = SIDES if number % 2 else tuple(reversed(SIDES))
        done.append(_pair(case, dump, order, scratch, before=None))
        told(f"{number} of {len(runs)}, {done[-1].told()}")
    return done


def dropped_pairs(
    case: Case, number: int, scratch: Path, told: Callable[[str], None]
) -> list[Pair]:
    """Walk a case's first dump with the page cache dropped before each run."""
    done: list[Pair] = []
    for turn in range(1, number + 1):
        done.append(_pair(case, case.dumps[0], SIDES, scratch, before=drop_cache))
        told(f"{turn} of {number}, page cache dropped, {done[-1].told()}")
    return done


def _pair(
    case: Case,
    dump: Path,
    order: tuple[Side, ...],
    scratch: Path,
    before: Callable[[], None] | None,
) -> Pair:
    used: dict[str, Usage] = {}
    for side in order:
        output = _output(scratch, side)
        output.unlink(missing_ok=True)
        if before:
            before()
        used[side.name] = measure(side.command(dump, case.folders(side), output))
    return Pair(dump.name, used, _trouble(dump, used, scratch))


def _trouble(dump: Path, used: Mapping[str, Usage], scratch: Path) -> str | None:
    for side in SIDES:
        ended = used[side.name]
        if ended.code:
            raise Unmeasurable(
                f"{shown(side.binary)} ended with {ended.code} on {dump.name}: "
                f"{last_line(ended.log)}"
            )
    theirs, ours = (_output(scratch, side) for side in SIDES)
    if same(theirs.read_bytes(), ours.read_bytes()):
        return None
    DIFFERENT.mkdir(parents=True, exist_ok=True)
    for output in (theirs, ours):
        shutil.copy(output, DIFFERENT / f"{dump.stem}-{output.name}")
    return f"{dump.name}: the outputs differ; both are in {shown(DIFFERENT)}"


def _output(scratch: Path, side: Side) -> Path:
    return scratch / f"{side.name}.json"
