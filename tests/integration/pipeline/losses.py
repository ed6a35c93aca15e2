"""Crashes whose walk lasts until a test lets it end, and the processes that walk them.

What makes a walk long is real: symbols in which every look-up of a long chain of frames passes a
million entries. Without them the same dump is walked in no time.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.embedded.aws import EmbeddedAws
from moonwalk.contracts import outputs
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP
from tests.integration import hostile_dumps
from tests.integration.pipeline.conftest import synthesise
from tests.integration.pipeline.pipeline import Pipeline

MIB = 1024 * 1024
ENDLESS, FINITE = 1_000_000, 20_000
"""Entries in the symbols: minutes of walking, and long enough to be seen."""
_FRAMES = 30_000
_WALK = b"--json"
"""Told by this flag from the stackwalker that is asked for its version only."""


class LossyPipeline(Pipeline):
    """A pipeline of which a test loses processes."""

    def __init__(self, aws: EmbeddedAws, symbols: Path) -> None:
        super().__init__(aws)
        self._symbols = symbols / hostile_dumps.SYMBOL_PATH
        self._symbols.parent.mkdir(parents=True, exist_ok=True)

    def collect_slow(self, crash_id: CrashId, entries: int, *, heavy: bool) -> None:
        """Store a crash whose walk is long from now on."""
        self._symbols.write_bytes(hostile_dumps.symbols_with_publics(entries))
        dump = hostile_dumps.chain_of_frames(_FRAMES)
        self.collect(crash_id, **{MAIN_MINIDUMP: dump.ljust(2 * MIB, b"\0") if heavy else dump})

    def make_walks_short(self) -> None:
        """Let walks that begin from now on end at once."""
        self._symbols.unlink(missing_ok=True)

    def walk_of(self, parent: int) -> int | None:
        """Give the stackwalker that this process has started, if it walks now."""
        return next(iter(self.walks_of(parent)), None)

    def walks_of(self, parent: int) -> list[int]:
        """Give the stackwalkers that this process has started and that walk now."""
        return [pid for pid in children(parent) if _walks(pid)]

    def lose_the_dispatcher(self) -> None:
        """Kill dispatcher and walker in the middle of a walk, as a lost host would."""
        dispatcher, walker = self.outputs[outputs.DISPATCHER], self.outputs[outputs.WALKER]
        walks = {
            pid: self.wait_for(lambda pid=pid: self.walk_of(pid), "nothing is walked")  # type: ignore[misc]
            for pid in self.wait_for(lambda: self._busy(walker), "no walker is busy")
        }
        for pid in [*self._busy(dispatcher), *walks]:
            os.kill(pid, signal.SIGKILL)
        for walk in walks.values():
            self.wait_for(lambda walk=walk: gone(walk), "the stackwalker lives on")  # type: ignore[misc]

    def _busy(self, function: str) -> list[int]:
        pools = self.aws.functions._pools
        return [p._process.pid for p in list(pools[function]._busy)] if function in pools else []


@contextmanager
def lossy(folder: Path, **settings: object) -> Iterator[LossyPipeline]:
    """Deploy a pipeline of its own, with symbols that a test can change."""
    symbols = folder / "symbols"
    assembly = synthesise(folder / "assembly", **settings)
    parameters = {outputs.SYMBOL_FOLDERS: str(symbols)}
    symbols.mkdir()
    with EmbeddedAws.start(assembly, folder / "embedded", parameters=parameters) as aws:
        yield LossyPipeline(aws, symbols)


def gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    fields = _stat(pid)
    return fields is None or fields[0] == "Z"


def children(parent: int) -> list[int]:
    """Give the processes that one has started and not reaped."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if (fields := _stat(pid)) and int(fields[1]) == parent]


def _stat(pid: int) -> list[str] | None:
    """Give state, parent and what follows; a process's name before them may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _walks(pid: int) -> bool:
    try:
        return _WALK in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
