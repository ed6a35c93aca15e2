"""The two sides of every comparison: upstream's stackwalker from text, ours from packs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks.made import REFERENCE, WALKER
from cli.benchmarks.one_order import in_one_order


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two stackwalkers.

    Attributes:
        name: as rows and tables call it.
        binary: the program.
        packed: whether it reads packs rather than text.
    """

    name: str
    binary: Path
    packed: bool

    def command(self, dump: Path, folders: Sequence[Path], output: Path, *more: str) -> list[str]:
        """Give the command that walks a dump into a file of JSON."""
        flag = "--packs" if self.packed else "--symbols-path"
        symbols = [f"{flag}={folder}" for folder in folders]
        return [str(self.binary), "--json", *symbols, f"--output-file={output}", *more, str(dump)]


THEIRS = Side("reference", REFERENCE, packed=False)
OURS = Side("moonwalk", WALKER, packed=True)
SIDES = (THEIRS, OURS)


def same(theirs: bytes, ours: bytes) -> bool:
    """Say whether two walks are the same, byte for byte, but for the one order that is random.

    Upstream prints the limits of a Linux process in the order of a hash map, another at each run.
    """
    return in_one_order(theirs) == in_one_order(ours)
