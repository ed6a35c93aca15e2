"""The herd: crashes of one build whose largest library nobody has packed yet (`make bench-herd`).

docs/benchmarks.md tells what is measured.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.benchmarks.failures import ending
from cli.benchmarks.giants import LINUX, SIZE, symbols_folder
from cli.benchmarks.made import CORPUS, GIANT, KEPT, PACK, REFERENCE, WALKER, need
from cli.benchmarks.report import Goal, publish
from cli.terminal import Steps
from moonwalk.domain.symbols import DEFAULT_SCOPE, SymbolKey
from tests.performance.crowd import Crowd, crowd, dumps_through

CRASHES = 500
PATIENCE = 3600.0


@dataclass(frozen=True, slots=True)
class Herd:
    """What was measured; times are in seconds from the first crash.

    Attributes:
        text_bytes: of the library's symbols.
        downloads, packings: of these symbols.
        provisional: crashes that were published without them first.
        incomplete: crashes that are without them in the end.
        first, median, last: times until the first complete signature, half of them, all.
    """

    crashes: int
    text_bytes: int
    downloads: int
    packings: int
    provisional: int
    incomplete: int
    first: float
    median: float
    last: float

    @classmethod
    def of(cls, run: Crowd, key: SymbolKey) -> "Herd":
        """Measure a crowd that is complete."""
        ends = run.finished()
        return cls(
            crashes=len(run.crashes),
            text_bytes=(run.server.folder / key.place).stat().st_size,
            downloads=run.server.counts[key.place],
            packings=run.packings(key),
            provisional=sum(entry.fence.attempt > 1 for entry in run.entries()),
            incomplete=len(run.without_symbols(key.debug_file)),
            first=ends[0],
            median=ends[len(ends) // 2],
            last=ends[-1],
        )

    def goals(self) -> list[Goal]:
        """Hold it against what was hoped for."""
        return [
            Goal("downloads of the giant", 1, self.downloads, ""),
            Goal("packings of the giant", 1, self.packings, ""),
            Goal("crashes without its symbols in the end", 0, self.incomplete, ""),
            Goal("first crash to first complete signature", 60, self.first, "s"),
        ]


@contextmanager
def stampede(text: Path, count: int, folder: Path, **settings: object) -> Iterator[Crowd]:
    """Deploy, and send crashes that walk through a symbol file of which there is no pack."""
    dumps = dumps_through(text, folder / "dumps", count)
    with crowd(folder, symbols_folder(text), **settings) as run:
        run.send(dumps, count)
        yield run


def key_of(text: Path) -> SymbolKey:
    """Give the key of a symbol file by its place."""
    return SymbolKey(DEFAULT_SCOPE, *text.relative_to(symbols_folder(text)).parts)


def measure(count: int, size: int) -> list[str]:
    """Measure, print and publish; what must not be is given back."""
    need(REFERENCE, WALKER, PACK, GIANT)
    steps = Steps()
    text = LINUX.made(CORPUS / "dumps", size, steps)
    KEPT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=KEPT) as folder,
        steps.step(f"{count} crashes, until all are complete"),
        stampede(text, count, Path(folder)) as run,
    ):
        run.wait_until_complete(PATIENCE)
        herd = Herd.of(run, key_of(text))
    publish("herd", herd.goals(), [asdict(herd)])
    return [f"{herd.incomplete} crashes ended without symbols"] if herd.incomplete else []


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="bench-herd", description=__doc__)
    parser.add_argument("--crashes", type=int, default=CRASHES, help="crashes of the build")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of the giant")
    asked = parser.parse_args(arguments)
    return ending(lambda: measure(asked.crashes, asked.size))


if __name__ == "__main__":
    sys.exit(main())
