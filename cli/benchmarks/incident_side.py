"""One side of the incident, as a process of its own that is put into a control group.

It takes crashes from the front of a queue with as many threads as it has slots, and prints a line
of JSON for each that is done, with the time of the machine's own clock. The processes that it
starts do the walking.
"""

import argparse
import json
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.benchmarks.incident_data import Crash
from cli.benchmarks.incident_moonwalk import Moonwalk
from cli.benchmarks.incident_records import MOONWALK, UPSTREAM
from cli.benchmarks.incident_upstream import Upstream

COMPARED = 100
"""Outputs of so many crashes from the front of the queue are kept, to be compared."""
LOOK_SECONDS = 0.1
"""How often a slot without a crash looks whether there will be more."""
WAYS: dict[str, Callable[..., "Upstream | Moonwalk"]] = {
    UPSTREAM: Upstream,
    MOONWALK: Moonwalk,
}


@dataclass(frozen=True, slots=True)
class Job:
    """What a side is given, as JSON.

    Attributes:
        folder: its own, for packs, scratch and outputs.
        kill_seconds: after which a walk is ended, as in the incident.
    """

    side: str
    texts: Path
    folder: Path
    slots: int
    kill_seconds: float
    crashes: tuple[Crash, ...]

    def written(self, file: Path) -> None:
        """Write it for the process."""
        crashes = [[each.number, each.build, str(each.dump)] for each in self.crashes]
        document = {
            "side": self.side,
            "texts": str(self.texts),
            "folder": str(self.folder),
            "slots": self.slots,
            "kill_seconds": self.kill_seconds,
            "crashes": crashes,
        }
        file.write_text(json.dumps(document), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> "Job":
        """Read it there."""
        found = json.loads(file.read_text("utf-8"))
        crashes = tuple(
            Crash(number, build, Path(dump)) for number, build, dump in found["crashes"]
        )
        return cls(
            side=found["side"],
            texts=Path(found["texts"]),
            folder=Path(found["folder"]),
            slots=found["slots"],
            kill_seconds=found["kill_seconds"],
            crashes=crashes,
        )


class Shift:
    """The threads, the queue, and the lines that are printed."""

    def __init__(self, job: Job) -> None:
        """Put all crashes into the queue."""
        self._job = job
        self._queue: queue.SimpleQueue[Crash] = queue.SimpleQueue()
        for crash in job.crashes:
            self._queue.put(crash)
        self._left = len(job.crashes)
        self._broken = False
        self._lock = threading.Lock()
        (job.folder / "outputs").mkdir(parents=True)
        self._side = WAYS[job.side](job.texts, job.folder, job.kill_seconds, self.again, self.say)

    def work(self) -> None:
        """Work until the queue is empty and nothing comes back to it."""
        self.say(event="began")
        with ThreadPoolExecutor(self._job.slots, thread_name_prefix="slot") as slots:
            for slot in [slots.submit(self._slot) for _ in range(self._job.slots)]:
                slot.result()
        self._side.close()
        self.say(event="ended")

    def again(self, crash: Crash) -> None:
        """Put a crash back, to be walked again."""
        self._queue.put(crash)

    def say(self, **what: Any) -> None:
        """Print a line."""
        line = json.dumps({"at": time.monotonic(), **what})
        with self._lock:
            print(line, flush=True)

    def _slot(self) -> None:
        while self._left and not self._broken:
            try:
                self._walk(self._queue.get(timeout=LOOK_SECONDS))
            except queue.Empty:
                continue
            except Exception:
                # The others would wait for its crash.
                self._broken = True
                raise

    def _walk(self, crash: Crash) -> None:
        output = self._job.folder / "outputs" / f"{crash.number}.json"
        done = self._side.walk(crash, output if crash.number < COMPARED else None)
        if done is None:
            return
        with self._lock:
            self._left -= 1
        self.say(event="walked", crash=crash.number, build=crash.build, **done)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the job and do it."""
    parser = argparse.ArgumentParser(prog="incident-side", description=__doc__)
    parser.add_argument("job", type=Path)
    asked = parser.parse_args(arguments)
    Shift(Job.read(asked.job)).work()
    return 0


if __name__ == "__main__":
    sys.exit(main())
