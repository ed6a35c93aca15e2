"""The storm: crashes while their symbol server is in every kind of trouble (`make bench-storm`).

docs/benchmarks.md tells what is measured.
"""

import argparse
import gzip
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.benchmarks.failures import ending
from cli.benchmarks.made import GIANT, KEPT, PACK, WALKER, need
from cli.benchmarks.report import Goal, publish
from cli.terminal import Steps
from moonwalk.domain.ledger import State
from moonwalk.domain.symbols import SymbolKey
from tests.performance.crowd import Crowd, crowd, dumps_through, generated
from tests.servers.faults import Cut, Drip, Fault, Status, answer, reset, silence
from tests.servers.wire import Wire

DAMAGED = answer(gzip.compress(b"MODULE Linux x86_64")[:-4] + b"none", Content_Encoding="gzip")
TROUBLES: Mapping[str, Fault] = {
    "libbroken.so": Status(503),
    "libbusy.so": Status(429, {"Retry-After": "1"}),
    "libsilent.so": silence(60),
    "libcut.so": Cut(1000),
    "libdamaged.so": DAMAGED,
    "libslow.so": Drip(1.0),
    "libreset.so": reset,
}
"""What the server does wrong with the symbols of each of the crashing libraries."""
SETTINGS: dict[str, object] = {"symbol_fetch_seconds": 5, "symbol_wait_seconds": 2}
SYMBOLS_SIZE = 300_000
DUMPS_EACH = 2
CRASHES = 200
PATIENCE = 3600.0
RELEASED_AFTER = 140.0
"""Seconds: what is waited for symbols that come together, and the releaser's minute."""


@dataclass
class Trouble:
    """A fault until the server is well; then the file, which is counted."""

    fault: Fault
    well: bool = False
    served: int = 0

    def __call__(self, wire: Wire, content: bytes) -> None:
        if self.well:
            self.served += 1
            answer(content)(wire, content)
        else:
            self.fault(wire, content)


@dataclass(frozen=True, slots=True)
class Storm:
    """What became of the crashes.

    Attributes:
        mistaken: crashes that were complete although their symbols could not be had.
        incomplete: crashes that are without symbols in the end.
        downloads: of each library's symbols, once the server was well.
        packings: likewise.
    """

    crashes: int
    mistaken: int
    incomplete: int
    downloads: Mapping[str, int]
    packings: Mapping[str, int]

    def goals(self) -> list[Goal]:
        """Hold it against what must be."""
        return [
            Goal("crashes complete because of a failure", 0, self.mistaken, ""),
            Goal("crashes without symbols in the end", 0, self.incomplete, ""),
            Goal("downloads of one symbol file", 1, max(self.downloads.values()), ""),
            Goal("packings of one symbol file", 1, max(self.packings.values()), ""),
        ]


def weather(folder: Path, count: int, patience: float = PATIENCE) -> Storm:
    """Deploy, send crashes while the server is in trouble, let it be well, and wait for all.

    Raises:
        AssertionError: when that takes longer than the patience.
    """
    symbols = folder / "symbols"
    numbered = enumerate(TROUBLES, start=1)
    keys = [generated(symbols, name, SYMBOLS_SIZE, seed) for seed, name in numbered]
    dumps = [dump for key in keys for dump in _dumps(folder, symbols, key)]
    troubles = {key: Trouble(TROUBLES[key.debug_file]) for key in keys}
    with crowd(folder, symbols, **SETTINGS) as run:
        run.server.faults.update({key.place: trouble for key, trouble in troubles.items()})
        run.send(dumps, count)
        run.pipeline.wait_until_ended(run.crashes, patience)
        mistaken = sum(entry.state is not State.PROVISIONAL for entry in run.entries())
        _calm(run, troubles, patience)
        run.wait_until_complete(patience)
        return Storm(
            crashes=count,
            mistaken=mistaken,
            incomplete=len(run.without_symbols("lib")),
            downloads={key.debug_file: trouble.served for key, trouble in troubles.items()},
            packings={key.debug_file: run.packings(key) for key in keys},
        )


def _dumps(folder: Path, symbols: Path, key: SymbolKey) -> list[Path]:
    return dumps_through(symbols / key.place, folder / key.debug_file, DUMPS_EACH)


def _calm(run: Crowd, troubles: Mapping[SymbolKey, Trouble], patience: float) -> None:
    for trouble in troubles.values():
        trouble.well = True
    for key in troubles:
        run.wait_for_pack(key, patience)
    run.pipeline.aws.clock.advance(RELEASED_AFTER)


def measure(count: int) -> list[str]:
    """Measure, print and publish; what must not be is given back."""
    need(WALKER, PACK, GIANT)
    KEPT.mkdir(parents=True, exist_ok=True)
    steps = Steps()
    with tempfile.TemporaryDirectory(dir=KEPT) as folder, steps.step(f"{count} crashes"):
        found = weather(Path(folder), count)
    goals = found.goals()
    publish("storm", goals, [asdict(found)])
    return [f"{goal.name}: {goal.value}" for goal in goals if not goal.met]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="bench-storm", description=__doc__)
    parser.add_argument("--crashes", type=int, default=CRASHES, help="crashes of all libraries")
    asked = parser.parse_args(arguments)
    return ending(lambda: measure(asked.crashes))


if __name__ == "__main__":
    sys.exit(main())
