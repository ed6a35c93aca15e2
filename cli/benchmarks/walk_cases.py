"""The cases of `make bench-walk`: which dumps, with which symbols, how often."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.benchmarks import giants
from cli.benchmarks.giants import Giant, symbols_folder
from cli.benchmarks.made import GIANT, KEPT, REAL, made, packs_of
from cli.benchmarks.walk_sides import Side
from cli.places import shown
from cli.terminal import Steps

GENERATED = ["--threads", "24", "--depth", "60", "--seed", "1"]
FOREIGN = "the giant is x86_64 Linux text under xul.pdb's key, without STACK WIN"


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured.

    Attributes:
        pairs: alternating pairs for a case with one dump.
        dumps: how many dumps are generated and walked, each once by either side.
        dropped: pairs with the page cache dropped before each run.
        size: bytes of a giant.
        corpus: folder with `dumps` and `symbols`.
    """

    pairs: int
    dumps: int
    dropped: int
    size: int
    corpus: Path


@dataclass(frozen=True, slots=True)
class Case:
    """Dumps and where their symbols lie, as text and as packs.

    Attributes:
        dumps: each is walked `pairs` times by either side; the first is the one that is traced,
            counted, and walked with the page cache dropped.
        counted: whether instructions are counted unless asked otherwise.
        note: what a reader of the row has to know.
    """

    dumps: Sequence[Path]
    symbols: Sequence[Path]
    packs: Sequence[Path]
    pairs: int
    counted: bool = True
    note: str = ""

    def folders(self, side: Side) -> Sequence[Path]:
        """Give the folders that a side reads symbols from."""
        return self.packs if side.packed else self.symbols


@dataclass(frozen=True, slots=True)
class Absent:
    """A case that cannot be run here, and why."""

    why: str


@dataclass
class Cases:
    """Makes what the cases need, the first time that one needs it."""

    options: Options
    steps: Steps
    by_name: dict[str, Callable[[], Case | Absent]] = field(init=False)

    def __post_init__(self) -> None:
        """Name the cases, in the order in which they run."""
        self.by_name = {
            "firefox-linux": lambda: self._firefox(giants.LINUX.dump),
            "firefox-windows": lambda: self._firefox(giants.WINDOWS.dump),
            "firefox-android": lambda: self._firefox("firefox-android-arm.dmp"),
            "firefox-linux-giant": lambda: self._firefox(giants.LINUX.dump, giants.LINUX),
            "firefox-windows-giant": lambda: self._firefox(giants.WINDOWS.dump, giants.WINDOWS),
            "real-giant": self._real,
            "generated-dumps": self._generated,
        }

    def _firefox(self, dump: str, giant: Giant | None = None) -> Case | Absent:
        path = self.options.corpus / "dumps" / dump
        if not path.exists():
            return Absent(f"{shown(path)} is not there")
        symbols = [self.options.corpus / "symbols"]
        packs = [packs_of(symbols[0], "corpus", self.steps)]
        if giant:
            more_symbols, more_packs = self._giant(giant)
            symbols.append(symbols_folder(more_symbols))
            packs.append(more_packs)
        note = FOREIGN if giant is giants.WINDOWS else ""
        return Case([path], symbols, packs, self.options.pairs, note=note)

    def _giant(self, giant: Giant) -> tuple[Path, Path]:
        text = giant.made(self.options.corpus / "dumps", self.options.size, self.steps)
        folder = symbols_folder(text)
        return text, packs_of(folder, folder.name, self.steps)

    def _generated(self) -> Case:
        text, packs = self._giant(giants.LINUX)
        folder = KEPT / "dumps" / f"{symbols_folder(text).name}-{self.options.dumps}"
        asked = ["--symbols", str(text), "--count", str(self.options.dumps), *GENERATED]
        made(folder, [GIANT, "dumps", *asked, "-o", folder], [text], self.steps)
        dumps = sorted(folder.glob("*.dmp"))
        note = f"{len(dumps)} dumps, each walked once by either side"
        return Case(dumps, [symbols_folder(text)], [packs], 1, counted=False, note=note)

    def _real(self) -> Case | Absent:
        dumps = sorted((REAL / "dumps").rglob("*.dmp"))
        if not dumps:
            return Absent("not made: run `make giant-real`")
        symbols = REAL / "symbols"
        packs = packs_of(symbols, "real-giant", self.steps)
        pairs = -(-self.options.pairs // len(dumps))
        note = f"{len(dumps)} dumps, {pairs} pairs of each"
        return Case(dumps, [symbols], [packs], pairs, counted=False, note=note)
