"""Walks with an empty cache and symbols far away, beside upstream's client (`make bench-cold`).

docs/benchmarks.md tells how each figure is measured.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks import giants
from cli.benchmarks.cold_figures import Burst, Figures, goals, rows, table
from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.far_server import FarServer, Line
from cli.benchmarks.giants import SIZE, symbols_folder
from cli.benchmarks.made import (
    CORPUS,
    GIANT,
    KEPT,
    PACK,
    REFERENCE,
    RELEASE,
    WALKER,
    made,
    need,
    packs_of,
)
from cli.benchmarks.report import publish
from cli.terminal import Steps, results
from moonwalk.adapters.broker import Broker, BrokerConfig

BROKER = RELEASE / "moonwalk-broker"
LINE = Line(latency=0.05, bandwidth=75e6)
FAILING = 0.1
BURST = 300


@dataclass(frozen=True, slots=True)
class Case:
    """A dump, and folders of its symbols, as packs and as text."""

    name: str
    dump: Path
    packs: Sequence[Path]
    texts: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured: walks of each case, dumps of the burst, bytes of a giant."""

    runs: int
    burst: int
    size: int
    reference: bool


class Bench:
    """One run of the benchmark."""

    def __init__(self, options: Options, scratch: Path, steps: Steps) -> None:
        """Take how much is measured, and where."""
        self._options, self._scratch, self._steps = options, scratch, steps
        self._texts = CORPUS / "symbols"

    def cases(self) -> Iterator[Case]:
        """Give the dumps of Firefox with the corpus's symbols alone, and with a giant."""
        corpus = packs_of(self._texts, "corpus", self._steps)
        for giant in (giants.LINUX, giants.WINDOWS):
            dump = CORPUS / "dumps" / giant.dump
            if not dump.exists():
                self._steps.note(f"{giant.dump} is not there")
                continue
            text = giant.made(CORPUS / "dumps", self._options.size, self._steps)
            folder = symbols_folder(text)
            packs = packs_of(folder, folder.name, self._steps)
            name = f"firefox-{giant.name}"
            yield Case(name, dump, [corpus], [self._texts])
            yield Case(f"{name}-giant", dump, [packs, corpus], [folder, self._texts])

    def cold(self, case: Case, line: Line = LINE) -> list[Figures]:
        """Walk with an empty cache, each time; the output must be that of packs at hand."""
        expected = self._output(case.dump, [f"--packs={folder}" for folder in case.packs])
        found = []
        for _ in range(self._options.runs):
            with FarServer(case.packs, line) as server, self._broker(server) as broker:
                figures, output = self._walk(broker, server, case.dump)
            if output != expected:
                raise Unmeasurable(f"{case.name}: the output differs from that of packs at hand")
            found.append(figures)
        return found

    def burst(self) -> Burst:
        """Walk many different dumps of one program, one after the other, with one broker."""
        text = giants.LINUX.made(CORPUS / "dumps", self._options.size, self._steps)
        packs = packs_of(symbols_folder(text), symbols_folder(text).name, self._steps)
        dumps = KEPT / "dumps" / f"burst-{self._options.size}-{self._options.burst}"
        asked = ["--symbols", str(text), "--count", str(self._options.burst)]
        shape = ["--threads", "24", "--depth", "60", "--seed", "2"]
        made(dumps, [GIANT, "dumps", *asked, *shape, "-o", dumps], [text], self._steps)
        with FarServer([packs], LINE) as server, self._broker(server) as broker:
            walks = [self._walk(broker, server, dump)[0] for dump in sorted(dumps.glob("*.dmp"))]
        return Burst.of(walks)

    def reference(self, case: Case) -> Figures:
        """Let upstream fetch whole symbol files, with an empty cache, over the same line."""
        with FarServer(case.texts, LINE) as server, tempfile.TemporaryDirectory() as cache:
            where = [f"--symbols-url={server.url}/", f"--symbols-cache={cache}/cache"]
            command = [str(REFERENCE), "--json", *where, f"--symbols-tmp={cache}", str(case.dump)]
            started = time.monotonic()
            subprocess.run(command, check=True, capture_output=True)
            wall = time.monotonic() - started
            # It opens one file after the other, as far as the stacks' waits do not overlap: how
            # long its chain is cannot be seen from outside.
            return Figures(wall, *server.taken(), chain=None)

    @contextmanager
    def _broker(self, server: FarServer) -> Iterator[Broker]:
        with tempfile.TemporaryDirectory(dir=self._scratch) as cache:
            source = {"kind": "http", "name": "far", "url": server.url}
            config = BrokerConfig(
                scopes={"default": [source]},
                cache_folder=Path(cache) / "packs",
                disk_bytes=1 << 30,
                memory_bytes=64 << 20,
                fresh_seconds=300,
                absent_seconds=300,
            )
            broker = Broker(config, binary=BROKER)
            # An environment has its broker before its first crash.
            broker.figures()
            try:
                yield broker
            finally:
                broker.close()

    def _walk(self, broker: Broker, server: FarServer, dump: Path) -> tuple[Figures, bytes]:
        server.taken()
        started = time.monotonic()
        with broker.connect(dump.name) as connection:
            number = connection.fileno()
            output = self._output(dump, [f"--broker-fd={number}"], descriptors=[number])
        wall = time.monotonic() - started
        chain = broker.figures(dump.name).get("chain")
        return Figures(wall, *server.taken(), chain), output

    def _output(self, dump: Path, flags: Sequence[str], descriptors: Sequence[int] = ()) -> bytes:
        command = [str(WALKER), "--json", *flags, str(dump)]
        done = subprocess.run(command, capture_output=True, check=False, pass_fds=descriptors)
        if done.returncode:
            raise Unmeasurable(f"the walk of {dump.name} ended with {done.returncode}")
        return done.stdout


def run(options: Options) -> list[str]:
    """Measure, print and publish."""
    need(REFERENCE, WALKER, PACK, GIANT, BROKER)
    steps = Steps()
    cold: dict[str, list[Figures]] = {}
    failing: dict[str, list[Figures]] = {}
    reference: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(dir=KEPT.parent) as scratch:
        bench = Bench(options, Path(scratch), steps)
        for case in bench.cases():
            with steps.step(f"{case.name}: cold walks"):
                cold[case.name] = bench.cold(case)
                far = Line(LINE.latency, LINE.bandwidth, FAILING)
                failing[case.name] = bench.cold(case, far)
            if options.reference:
                with steps.step(f"{case.name}: upstream"):
                    reference[case.name] = bench.reference(case)
        with steps.step(f"a burst of {options.burst} crashes"):
            burst = bench.burst() if options.burst else None
    results().print(table(cold, failing, reference, burst))
    publish("cold", list(goals(cold, burst)), rows(cold, failing, reference, burst))
    return []


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="bench-cold", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="walks of each case")
    parser.add_argument("--burst", type=int, default=BURST, help="dumps of the burst")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of a giant")
    parser.add_argument("--no-reference", action="store_true", help="leave upstream out")
    asked = parser.parse_args(arguments)
    options = Options(asked.runs, asked.burst, asked.size, not asked.no_reference)
    return ending(lambda: run(options))


if __name__ == "__main__":
    sys.exit(main())
