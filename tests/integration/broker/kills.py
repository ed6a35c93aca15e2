"""Kills brokers in the middle of their work, and reads on (`make bench-kills`).

Readers compare every byte that they are given with what the source has. The last kills are each
followed by damage to what is on disk, as a machine that lost its power leaves it: so that the
figures show damage found, and not only none served. docs/benchmarks.md tells of the figures.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable, ending
from cli.benchmarks.report import Goal, publish
from moonwalk.adapters.broker import Broker, BrokerConfig
from moonwalk.domain.failures import RetryLater
from tests.integration.broker.client import Said, Walk
from tests.integration.broker.conftest import BINARY, SHORT, kill
from tests.servers.range_server import RangeServer

SIZES = (10_001, 400_000, 1_500_000, 2_500_000, 4_000_000)
DISK = 6_000_000
"""Less than all packs, so that brokers die while they make room, too."""
READERS = 3
LONGEST_LIFE = 0.1
DAMAGED_OF_ALL = 0.2
"""Share of the kills that are followed by damage; they are the last ones."""


@dataclass
class Kills:
    """Packs, a broker that is killed again and again, and what its readers saw.

    Attributes:
        figures: `reads`, answers whose bytes were compared; `served`, those with a wrong byte;
            `told`, files handed over with damage that their reader told of; `found`, chunks whose
            damage the broker found, and `by_kills` those before any was done on purpose;
            `cut_off`, readers that a kill interrupted.
    """

    server: RangeServer
    broker: Broker
    folder: Path
    dice: random.Random
    figures: Counter[str] = field(default_factory=Counter)
    may_be_damaged: bool = False
    killed: threading.Event = field(default_factory=threading.Event)

    def round(self) -> None:
        """Read side by side until the broker is killed."""
        self.killed.clear()
        killer = threading.Timer(self.dice.uniform(0, LONGEST_LIFE), self._kill)
        seeds = [self.dice.random() for _ in range(READERS)]
        with ThreadPoolExecutor(READERS) as pool:
            self.broker.figures()
            killer.start()
            for seen in pool.map(self._read_until_killed, seeds):
                self.figures += seen
        killer.join()
        self.figures["kills"] += 1

    def damage(self) -> None:
        """Write over some bytes on disk, of data or of checksums."""
        self.may_be_damaged = True
        file = self.dice.choice([*self.folder.glob("*.data"), *self.folder.glob("*.sums")])
        with file.open("r+b") as stream:
            stream.seek(self.dice.randrange(max(1, file.stat().st_size)))
            stream.write(self.dice.randbytes(64))
        self.figures["damage"] += 1

    def read_all(self) -> None:
        """Read every pack as a whole in the end."""
        with Walk(self.broker.connect("the last")) as walk:
            for path, content in self.server.files.items():
                said = self._opened(walk, path, self.figures)
                if said.file is None:
                    self._read(walk, said, path, (0, len(content)), self.figures)
        self._note_found()

    def _read_until_killed(self, seed: float) -> Counter[str]:
        dice, seen = random.Random(seed), Counter[str]()  # noqa: S311 - a benchmark's own dice
        try:
            with Walk(self.broker.connect(f"walk {seed}")) as walk:
                # Who connects after the kill has started the next broker, which is not killed now.
                while not self.killed.is_set():
                    path = dice.choice(list(self.server.files))
                    said = self._opened(walk, path, seen)
                    start = dice.randrange(len(self.server.files[path]) - 5_000)
                    if said.file is None:
                        self._read(walk, said, path, (start, start + dice.randrange(5_000)), seen)
        except (OSError, RetryLater):
            seen["cut_off"] += 1
        return seen

    def _opened(self, walk: Walk, path: str, seen: Counter[str]) -> Said:
        """Open a pack as a walker does, which tells of a file that is damaged and asks again."""
        content = self.server.files[path]
        said = walk.open(path.removeprefix("/"))
        if said.file not in (None, content) and self.may_be_damaged:
            seen["told"] += 1
            walk.damaged(said.told["pack"])
            said = walk.open(path.removeprefix("/"))
        if said.told["kind"] != "opened":
            raise Unmeasurable(f"a pack is not opened: {said.told}")
        tail = content[len(content) - len(said.body) :]
        seen["reads"] += 1
        seen["served"] += said.file not in (None, content) or said.body != tail
        return said

    def _read(
        self, walk: Walk, opened: Said, path: str, part: tuple[int, int], seen: Counter[str]
    ) -> None:
        said = walk.read(opened.told["pack"], part)
        if said.told["kind"] != "done":
            raise Unmeasurable(f"a pack is not read: {said.told}")
        seen["reads"] += 1
        seen["served"] += said.body != self.server.files[path][slice(*part)]

    def _kill(self) -> None:
        try:
            self._note_found()
            kill(self.broker)
        finally:
            self.killed.set()

    def _note_found(self) -> None:
        found = self.broker.figures().get("disk", {}).get("damaged", 0)
        self.figures["found"] += found
        self.figures["by_kills"] += 0 if self.may_be_damaged else found


def measured(kills: int, seed: int) -> tuple[Counter[str], float]:
    """Kill so often; give what was seen, and how long it took."""
    if not BINARY.exists():
        raise Unmeasurable("the broker is not built: run `make stackwalker`")
    dice = random.Random(seed)  # noqa: S311 - a benchmark's own dice
    files = {f"/p{n}.so/A1/p{n}.so.pack": dice.randbytes(size) for n, size in enumerate(SIZES)}
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name, RangeServer(files) as server:
        server.latency_seconds = 0.002
        config = BrokerConfig(
            scopes={"default": [{"kind": "http", "name": "server", "url": server.url}]},
            cache_folder=Path(name) / "cache",
            disk_bytes=DISK,
            memory_bytes=0,
            fresh_seconds=60,
            absent_seconds=60,
            requests=SHORT | {"at_once": 16, "retries": 3},
        )
        loop = Kills(server, Broker(config, BINARY), config.cache_folder, dice)
        try:
            for number in range(kills):
                loop.round()
                if number >= kills * (1 - DAMAGED_OF_ALL):
                    loop.damage()
            loop.read_all()
        finally:
            loop.broker.close()
    return loop.figures, time.monotonic() - started


def run(kills: int, seed: int) -> list[str]:
    """Measure, print and publish."""
    figures, seconds = measured(kills, seed)
    names = ("kills", "cut_off", "reads", "damage", "by_kills", "found", "told", "served")
    for name in names:
        print(f"{figures[name]:>10,}  {name}")
    goals = [
        Goal("damaged served", 0, figures["served"], "answers"),
        Goal("kills", 500, figures["kills"], "", at_least=True),
    ]
    row = {name: figures[name] for name in names}
    publish("kills", goals, [{**row, "seed": seed, "seconds": seconds}])
    return ["a damaged entry was served"] if figures["served"] else []


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="bench-kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="how often a broker is killed")
    parser.add_argument("--seed", type=int, default=1, help="of what is left to chance")
    asked = parser.parse_args(arguments)
    return ending(lambda: run(asked.kills, asked.seed))


if __name__ == "__main__":
    sys.exit(main())
