"""Ten thousand walks in one worker: does it hold its speed, and does it grow (`make soak`)?

docs/benchmarks.md tells what is measured, and what is left out.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.made import CORPUS, KEPT, PACK, WALKER, need, packs_of
from cli.benchmarks.report import Goal, publish
from cli.embedded.aws import EmbeddedAws
from cli.places import EXAMPLE_DUMP, EXAMPLE_SYMBOLS
from cli.terminal import Steps, results
from tests.integration.pipeline.conftest import synthesise
from tests.performance.soak_feed import Feed, keep_latest_only, store_packs
from tests.performance.soak_turns import TURNS, Turns, take_turns
from tests.performance.soak_watch import Held, held

WALKS = 10_000
PARTS = 10
"""The walks are cut into so many parts, each of which ends with nothing in hand."""
LARGEST_DUMP = 500_000
SETTINGS = {
    "heavy_walk_memory_mib": 512,
    "keep_walker_output": False,
    "worker_fresh_slots": 0,
    "pack_fresh_seconds": 20,
    "pack_absent_seconds": 10,
}
"""All slots work: the crashes are of the reprocessing queue, which else leaves one to others. The
broker asks about what it knows so often that it has done so in the first part, and in each later
one: what such a round left behind would show."""
MB = 1e6
LOOKS, LOOK_SECONDS = 5, 0.3
"""At what a worker holds, after each part."""
FEWEST = PARTS * TURNS
"""A walk for each turn of the last tenth."""
GROWTH = 0.05
"""What resident memory may grow by between the first part and the last."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the walks, and what the worker held after them.

    Attributes:
        seconds: that they took.
        cpu: processor seconds of the worker and its stackwalkers.
    """

    walks: int
    seconds: float
    cpu: float
    held: Held

    @property
    def rate(self) -> float:
        """Walks a second."""
        return self.walks / self.seconds


def goals(parts: Sequence[Part], turns: Turns) -> Iterator[Goal]:
    """Hold the last part against the first, by whose end everything is warm."""
    first, last = parts[0], parts[-1]
    before, after = first.held, last.held
    yield Goal("throughput of the last part", 95, 100 * last.rate / first.rate, "%", at_least=True)
    fresh = "throughput after it, to a fresh worker's"
    yield Goal(fresh, 95, 100 * turns.kept, "%", at_least=True)
    for name in ("worker_bytes", "broker_bytes"):
        grown = getattr(after, name) / getattr(before, name) - 1
        yield Goal(f"growth of {name}", 100 * GROWTH, 100 * grown, "%")
    for name in ("worker_files", "broker_files", "threads", "processes", "scratch_files"):
        yield Goal(f"growth of {name}", 0, getattr(after, name) - getattr(before, name), "")
    yield Goal("zombies", 0, max(part.held.zombies for part in parts), "")


def table(parts: Sequence[Part]) -> Table:
    """Give a line for each part."""
    made = Table(box=SIMPLE_HEAD, title="with nothing in hand after each part")
    for column in (
        *("walks", "a second", "cpu", "worker", "broker"),
        *("files", "threads", "processes", "scratch"),
    ):
        made.add_column(column, justify="right")
    for part in parts:
        now = part.held
        made.add_row(
            f"{now.walks:,}",
            f"{part.rate:.2f}",
            f"{1000 * part.cpu / part.walks:.1f} ms",
            f"{now.worker_bytes / MB:.1f} MB",
            f"{now.broker_bytes / MB:.1f} MB",
            f"{now.worker_files} + {now.broker_files}",
            str(now.threads),
            f"{now.processes} ({now.zombies} zombies)",
            f"{now.scratch_files} files, {now.scratch_bytes / MB:.1f} MB",
        )
    return made


@contextmanager
def deployed(folder: Path, steps: Steps) -> Iterator[EmbeddedAws]:
    """Deploy with one worker, and nothing that acts by itself."""
    with steps.step("deploying on an embedded AWS"):
        assembly = synthesise(folder / "assembly", **SETTINGS)
    with EmbeddedAws.start(assembly, folder / "embedded", ticking=False) as aws:
        yield aws


def soak(folder: Path, walks: int, steps: Steps) -> tuple[list[Part], Turns, dict[str, int]]:
    """Let a worker walk, and then again beside a fresh one.

    Gives the parts, how both did, and how many crashes ended last in which way.
    """
    packs = [packs_of(EXAMPLE_SYMBOLS, "example", steps)]
    if (CORPUS / "symbols").is_dir():
        packs.append(packs_of(CORPUS / "symbols", "corpus", steps))
    with deployed(folder, steps) as aws:
        feed = Feed.into(aws, dumps())
        for each in packs:
            store_packs(feed.pipeline, each)
        keep_latest_only(feed.pipeline)
        with steps.counted(f"{walks} walks in one worker", walks) as progress:
            parts = list[Part]()
            for number in range(1, PARTS + 1):
                done = walks * number // PARTS
                count = done - walks * (number - 1) // PARTS
                seconds = feed.run(count)
                after = _held(aws, done)
                cpu = after.cpu_seconds - (parts[-1].held.cpu_seconds if parts else 0.0)
                parts.append(Part(count, seconds, cpu, after))
                progress(count)
        assert aws.worker
        with steps.step("a fresh worker beside it, in turns"):
            turns = take_turns(aws.worker, feed, walks // PARTS)
        return parts, turns, feed.outcomes()


def dumps() -> list[Path]:
    """Give the example's dump and those of the corpus, malformed ones among them."""
    corpus = sorted((CORPUS / "dumps").glob("*.dmp"))
    return [EXAMPLE_DUMP, *(each for each in corpus if each.stat().st_size <= LARGEST_DUMP)]


def _held(aws: EmbeddedAws, done: int) -> Held:
    workers = aws.worker.scratch if aws.worker else {}
    if len(workers) != 1:
        raise Unmeasurable(f"{len(workers)} workers run, one is wanted: look into worker.log")
    [(pid, scratch)] = workers.items()
    # A connection may just be open, or a file be written: what is held for good is the least.
    looks = []
    for _ in range(LOOKS):
        looks.append(held(pid, scratch, done))
        time.sleep(LOOK_SECONDS)
    return min(looks, key=lambda look: look.worker_files)


def measure(walks: int) -> list[str]:
    """Measure, print and publish; what must not be is given back."""
    need(WALKER, PACK)
    KEPT.mkdir(parents=True, exist_ok=True)
    steps = Steps()
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        parts, turns, outcomes = soak(Path(folder), walks, steps)
    results().print(table(parts))
    rows = [asdict(part) | {"per_second": part.rate} for part in parts]
    name = "soak" if walks == WALKS else "soak-some"
    rows.append({"case": "beside a fresh worker", **asdict(turns)})
    rows.append({"case": "how crashes ended last", **outcomes})
    publish(name, list(goals(parts, turns)), rows)
    return []


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--walks", type=int, default=WALKS, help=f"how many, at least {FEWEST}")
    asked = parser.parse_args(arguments)
    if asked.walks < FEWEST:
        parser.error(f"{asked.walks} walks are too few to be measured: ask for at least {FEWEST}")
    return ending(lambda: measure(asked.walks))


if __name__ == "__main__":
    sys.exit(main())
