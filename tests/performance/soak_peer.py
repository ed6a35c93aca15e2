"""What the machine gives meanwhile: processor time of one and the same walk, by itself.

A soak lasts for most of an hour, in which a machine that others share works now faster, now slower.
So the worker's throughput is told beside a peer, measured all the time in the same run.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli.benchmarks.process import must
from cli.benchmarks.walk_sides import OURS

EVERY_SECONDS = 2.0
"""A walk so often takes about a hundredth of two processors."""


class Peer:
    """The stackwalker alone, now and then, over a dump of which it has the packs."""

    def __init__(self, dump: Path, packs: Sequence[Path], folder: Path) -> None:
        """Take what is walked, and a folder for the output."""
        self._command = OURS.command(dump, packs, folder / "peer.json")

    @contextmanager
    def beside(self) -> Iterator[list[float]]:
        """Walk while something else is measured; gives the processor seconds of each walk."""
        seconds = [must(self._command).cpu]
        over = threading.Event()

        def walk() -> None:
            while not over.wait(EVERY_SECONDS):
                seconds.append(must(self._command).cpu)

        thread = threading.Thread(target=walk, name="peer")
        thread.start()
        try:
            yield seconds
        finally:
            over.set()
            thread.join()
