"""Moonwalk's way: the worker's own broker and stackwalkers, over packs that are made on first need.

What is around a walk in a worker (queue, rules, storage) is left out on both sides. A crash whose
build is not packed yet is walked, found to lack symbols, and waits for the packer as long as a
crash waits in a deployment; then it is walked again. All of that is in the time that is measured.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path
from typing import Any

from cli.benchmarks.giants import LINUX
from cli.benchmarks.incident_data import Crash, build_id
from cli.benchmarks.made import RELEASE
from moonwalk.adapters.broker import Broker, BrokerConfig
from moonwalk.adapters.packer import PackerProcess, PackLimits
from moonwalk.adapters.scratch import FolderScratch
from moonwalk.adapters.symbol_access import BrokeredSymbols
from moonwalk.adapters.walker import StackwalkerProcess, WalkLimits
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.symbols import symbol_key
from moonwalk.domain.touched_modules import Symbols

WAIT_SECONDS = 10.0
"""How long a crash waits for symbols that are being packed: the deployment's own default."""
PACK_LIMITS = PackLimits(wall_seconds=900, memory_bytes=2 << 30, text_bytes=8 << 30)
MIB = 1 << 20


class Moonwalk:
    """Walks with a broker, and one packer at a time beside the slots, as a function would be."""

    def __init__(
        self,
        texts: Path,
        folder: Path,
        kill_seconds: float,
        again: Callable[[Crash], None],
        say: Callable[..., None],
    ) -> None:
        """Start with no packs."""
        os.environ["PATH"] = f"{RELEASE}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        self._texts, self._folder, self._again, self._say = texts, folder, again, say
        self._packs = folder / "packs"
        self._packs.mkdir()
        self._broker = Broker(_config(self._packs, folder / "broker"))
        limits = WalkLimits(kill_seconds, memory_bytes=3584 * MIB, output_bytes=256 * MIB)
        self._walker = StackwalkerProcess(limits, BrokeredSymbols(self._broker))
        self._scratch = FolderScratch(folder / "scratch")
        self._packer = ThreadPoolExecutor(1, thread_name_prefix="packer")
        self._needs: dict[int, Future[None]] = {}
        self._lock = threading.Lock()

    def walk(self, crash: Crash, output: Path | None) -> dict[str, Any] | None:
        """Walk a crash; None when it has to come again, as its symbols are still being packed."""
        started = time.monotonic()
        result, walks = self._walked(crash, anew=False), 1
        if _lacks_symbols(result):
            need = self._need(crash.build)
            try:
                need.result(WAIT_SECONDS)
            except NotYet:
                need.add_done_callback(lambda _done: self._again(crash))
                return None
            result, walks = self._walked(crash, anew=True), 2
        if output:
            output.write_bytes(result.output)
        outcome = "without symbols" if _lacks_symbols(result) else result.outcome.value
        return {"seconds": time.monotonic() - started, "outcome": outcome, "walks": walks}

    def close(self) -> None:
        """End packer and broker."""
        self._packer.shutdown()
        self._broker.close()

    def _walked(self, crash: Crash, *, anew: bool) -> WalkResult:
        with self._scratch.folder() as folder:
            # A worker fetches the dump, too; here from the slow disk.
            dump = folder / "dump.dmp"
            shutil.copyfile(crash.dump, dump)
            return self._walker.walk(dump, self._folder / "raw_crash.json", anew=anew)

    def _need(self, build: int) -> Future[None]:
        with self._lock:
            if build not in self._needs:
                self._needs[build] = self._packer.submit(self._pack, build)
            return self._needs[build]

    def _pack(self, build: int) -> None:
        key = symbol_key(LINUX.module, build_id(build))
        started = time.monotonic()
        with self._scratch.folder() as folder:
            # The packer takes its input away, and this text is what the other side reads.
            file = folder / "text.sym"
            file.symlink_to((self._texts / key.place).resolve())
            made = PackerProcess(PACK_LIMITS).pack(key, file, folder)
            target = self._packs / key.pack_place
            target.parent.mkdir(parents=True)
            made.file.rename(target)
        seconds = time.monotonic() - started
        self._say(event="packed", build=build, seconds=seconds, bytes=target.stat().st_size)


def _config(packs: Path, cache: Path) -> BrokerConfig:
    return BrokerConfig(
        scopes={"default": [{"kind": "folder", "name": "packs", "path": str(packs)}]},
        cache_folder=cache,
        disk_bytes=1 << 30,
        memory_bytes=64 * MIB,
        fresh_seconds=300,
        absent_seconds=60,
    )


def _lacks_symbols(result: WalkResult) -> bool:
    return any(each.symbols is Symbols.MISSING and each.on_stack for each in result.modules)
