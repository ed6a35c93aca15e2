"""Packs giants and the corpus, and unpacks them again (`make bench-pack`).

docs/benchmarks.md tells how each figure is measured.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks import giants
from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.giants import SIZE
from cli.benchmarks.made import CORPUS, GIANT, KEPT, PACK, REAL, REFERENCE, need
from cli.benchmarks.pack_figures import Packed, goals, table
from cli.benchmarks.pack_runs import Input, alone, packed, parsing_dump
from cli.benchmarks.report import publish
from cli.places import shown
from cli.terminal import Steps, results

CASES = ("generated-giant", "real-giant", "corpus")


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured.

    Attributes:
        pairs: how often a giant is packed, and parsed by the reference, by turns.
        size: bytes of the generated giant.
        corpus: folder with `dumps` and `symbols`.
    """

    pairs: int
    size: int
    corpus: Path


def _input(name: str, options: Options, steps: Steps) -> Input | str:
    """Give what a case packs, or why it cannot."""
    if name == "corpus":
        symbols = options.corpus / "symbols"
        return Input(name, symbols, None) if symbols.exists() else f"{shown(symbols)} is not there"
    if name == "real-giant":
        texts = sorted(REAL.glob("symbols/**/*.sym"), key=lambda file: file.stat().st_size)
        if not texts:
            return "not made: run `make giant-real`"
        text = texts[-1]
    else:
        text = giants.LINUX.made(options.corpus / "dumps", options.size, steps)
    return Input(name, alone(text, name), parsing_dump(text, name, steps))


def _measured(names: Sequence[str], options: Options, steps: Steps) -> list[Packed]:
    """Measure each case; one that fails does not keep the next from it."""
    found = []
    for name in names:
        try:
            given = _input(name, options, steps)
            if isinstance(given, str):
                found.append(Packed(name, note=given))
                continue
            with tempfile.TemporaryDirectory(dir=_roomy()) as scratch:
                found.append(packed(given, options.pairs, Path(scratch), steps))
        except Unmeasurable as failure:
            found.append(Packed(name, troubles=[str(failure)]))
    return found


def _roomy() -> Path:
    """Give a folder on the disk that the checkout is on: /tmp may be memory, and small."""
    folder = KEPT / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run(options: Options, names: Sequence[str]) -> list[str]:
    """Measure, print and publish; give what must not be, such as a text that came back changed."""
    need(REFERENCE, PACK, GIANT)
    unknown = sorted(set(names) - set(CASES))
    if unknown:
        raise Unmeasurable(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}")
    found = _measured(names or CASES, options, Steps())
    results().print(table(found))
    name = "pack-some" if names else "pack"
    publish(name, goals(found), [one.row() for one in found])
    return [f"{one.name}: {trouble}" for one in found for trouble in one.troubles]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="bench-pack", description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"default: all of {', '.join(CASES)}")
    parser.add_argument("--pairs", type=int, default=3, help="alternating runs for a giant")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of the generated giant")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of dumps and symbols")
    asked = parser.parse_args(arguments)
    options = Options(asked.pairs, asked.size, asked.corpus)
    return ending(lambda: run(options, asked.cases))


if __name__ == "__main__":
    sys.exit(main())
