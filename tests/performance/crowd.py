"""A crowd of crashes at a deployment whose one source is a symbol server, until all are complete.

The same for a benchmark of hundreds and for a test of a dozen.
"""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli.benchmarks.made import GIANT
from cli.embedded.aws import EmbeddedAws
from moonwalk.contracts import symbols as keys
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.symbols import SymbolKey, symbol_key
from tests.integration.pipeline.conftest import synthesise
from tests.integration.pipeline.pipeline import crash_ids
from tests.integration.pipeline.symbols import SymbolPipeline
from tests.servers.symbol_server import SymbolServer

SETTINGS: dict[str, object] = {
    "light_walk_memory_mib": 512,
    "standard_batch": 5,
    "standard_concurrency": 2,
    "reprocessing_batch": 5,
    "packer_concurrency": 2,
}
"""Ten crashes at a time: the embedded AWS has few more processes for a function."""
LOOK_AGAIN = 1.0
NEXT_TRY = 20.0
"""Seconds of the deployment's clock in one second of waiting for a need's next try."""


@dataclass
class Crowd:
    """Crashes that were sent to a deployment.

    Attributes:
        sent_at: when the first was sent, by the deployment's clock.
    """

    pipeline: SymbolPipeline
    server: SymbolServer
    crashes: list[CrashId] = field(default_factory=list)
    sent_at: float = 0.0

    def send(self, dumps: Sequence[Path], count: int) -> None:
        """Store so many crashes, whose dumps are taken in turn, then ask for all of them."""
        self.crashes = crash_ids(len(dumps), count)
        for number, crash_id in enumerate(self.crashes):
            content = dumps[number % len(dumps)].read_bytes()
            self.pipeline.collect(crash_id, **{MAIN_MINIDUMP: content})
        self.sent_at = time.time()
        self.pipeline.send(self.crashes)

    def wait_until_complete(self, seconds: float) -> None:
        """Wait until each crash was published with nothing lacking.

        Raises:
            AssertionError: when time is up.
        """
        waiting, until = list(self.crashes), time.monotonic() + seconds
        while waiting:
            # One that is complete stays so: looking at the first that is not costs next to nothing.
            while waiting and self._is_complete(waiting[0]):
                waiting.pop(0)
            assert time.monotonic() < until, f"{len(waiting)} crashes are not complete"
            time.sleep(LOOK_AGAIN if waiting else 0)

    def wait_for_pack(self, key: SymbolKey, seconds: float) -> None:
        """Wait for a pack, however long its need waits for its next try."""
        clock, until = self.pipeline.aws.clock, time.monotonic() + seconds
        while self.pipeline.bucket.store.pack(key) is None:
            assert time.monotonic() < until, f"there is no pack of {key}"
            clock.advance(NEXT_TRY)
            time.sleep(LOOK_AGAIN)

    def entries(self) -> list[LedgerEntry]:
        """Give what the ledger says of each crash."""
        return [entry for entry in map(self.pipeline.entry, self.crashes) if entry]

    def finished(self) -> list[float]:
        """Give after how many seconds each crash was published last, earliest first."""
        ends = [entry.result.finished_at for entry in self.entries() if entry.result]
        return sorted(end - self.sent_at for end in ends)

    def without_symbols(self, module: str) -> list[CrashId]:
        """Give the crashes whose processed crash has no symbols for the module it crashed in."""
        return [each for each in self.crashes if not self._has_symbols(each, module)]

    def packings(self, key: SymbolKey) -> int:
        """Count how often a pack was stored."""
        return len(self.pipeline.bucket.versions(keys.pack(key)))

    def _is_complete(self, crash_id: CrashId) -> bool:
        entry = self.pipeline.ended(crash_id)
        return entry is not None and entry.state is State.PROCESSED

    def _has_symbols(self, crash_id: CrashId, module: str) -> bool:
        processed = self.pipeline.processed(crash_id)
        modules = processed["json_dump"]["modules"]
        loaded = {one["debug_file"] for one in modules if one["loaded_symbols"]}
        return "symbols_incomplete" not in processed and any(
            name.startswith(module) for name in loaded
        )


@contextmanager
def crowd(folder: Path, symbols: Path, **settings: object) -> Iterator[Crowd]:
    """Deploy below a folder, with a symbol server of a folder of symbol files."""
    with SymbolServer(symbols) as server:
        source = {
            "kind": "http",
            "name": "server",
            "address": server.url,
            "networks": ["127.0.0.0/8"],
        }
        chosen = {**SETTINGS, "symbol_sources": [source], **settings}
        assembly = synthesise(folder / "assembly", **chosen)
        scratch = folder / "scratch"
        scratch.mkdir()
        with EmbeddedAws.start(assembly, folder / "embedded") as aws:
            yield Crowd(SymbolPipeline(aws, scratch), server)


def generated(symbols: Path, module: str, size: int, seed: int) -> SymbolKey:
    """Make a symbol file of about so many bytes at its place below a folder."""
    key = symbol_key(module, f"{seed:032X}0")
    target = symbols / key.place
    target.parent.mkdir(parents=True)
    what = ["--module", module, "--id", key.debug_id, "--size", str(size), "--seed", str(seed)]
    _made(["symbols", *what, "-o", str(target)])
    return key


def dumps_through(text: Path, folder: Path, count: int) -> list[Path]:
    """Make dumps, each of which walks its own way through a symbol file."""
    shape = ["--threads", "2", "--depth", "30", "--count", str(count)]
    _made(["dumps", "--symbols", str(text), *shape, "-o", str(folder)])
    return sorted(folder.glob("*.dmp"))


def _made(arguments: list[str]) -> None:
    subprocess.run([GIANT, *arguments], check=True, capture_output=True)
