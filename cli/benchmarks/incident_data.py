"""What both sides of the incident get: builds of a giant, dumps of them, and who crashes how often.

The text of one generated giant stands for all builds, each in a file of its own under an id of its
own: no byte of one is ever in the page cache for another. Making another text for each build takes
ten times as long and changes nothing that is measured.
"""

import random
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.giants import LINUX
from cli.benchmarks.made import CORPUS, GIANT, KEPT, made
from cli.terminal import Steps

FOLDER = KEPT / "incident"
SEED = 1
SKEW = 1.0
"""Exponent of the popularity of builds: the second is half as common as the first, the third a
third (Zipf's law, as releases, betas and platforms of one program have it)."""
_CODE_VIEW = b"RSDS"
_AGE = "0"
_MODULE = "MODULE"


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash of the queue.

    Attributes:
        number: its place in the queue.
        build: which giant it is of.
        dump: file.
    """

    number: int
    build: int
    dump: Path


@dataclass(frozen=True, slots=True)
class Workload:
    """The same for both sides.

    Attributes:
        texts: folder of symbol files.
        crashes: in the order of the queue.
    """

    texts: Path
    crashes: tuple[Crash, ...]

    def share(self) -> float:
        """Give the share of the crashes that the most common build has."""
        return max(Counter(crash.build for crash in self.crashes).values()) / len(self.crashes)


def build_id(build: int) -> str:
    """Give the debug id of a build."""
    return f"{UUID(int=SEED << 64 | build + 1).hex.upper()}{_AGE}"


def popular(crashes: int, builds: int, skew: float = SKEW) -> list[int]:
    """Draw the build of each crash, the same for the same numbers."""
    dice = random.Random(SEED)  # noqa: S311 - a workload, not a secret
    weights = [1 / (place + 1) ** skew for place in range(builds)]
    return dice.choices(range(builds), weights, k=crashes)


def workload(crashes: int, builds: int, size: int, steps: Steps) -> Workload:
    """Make what is not there yet.

    Raises:
        Unmeasurable: when there is no room for it.
    """
    giant = LINUX.made(CORPUS / "dumps", size, steps)
    texts = FOLDER / f"texts-{size}"
    _need_room(texts, builds * giant.stat().st_size)
    with steps.counted(f"{builds} builds of a giant", builds) as progress:
        for build in range(builds):
            _text(giant, texts, build)
            progress(1)
    dumps = _dumps(giant, crashes, size, steps)
    drawn = popular(crashes, builds)
    queue = [
        Crash(number, build, _dump(dump, giant.parent.name, build))
        for number, (build, dump) in enumerate(zip(drawn, dumps, strict=True))
    ]
    return Workload(texts, tuple(queue))


def with_id(content: bytes, old: str, new: str) -> bytes:
    """Give a dump in which a module is of another build: its CodeView record names another id.

    Raises:
        ValueError: when no module has the old id.
    """
    before, after = (_CODE_VIEW + UUID(each[:32]).bytes_le for each in (old, new))
    if before not in content:
        raise ValueError(old)
    return content.replace(before, after)


def _need_room(texts: Path, wanted: int) -> None:
    texts.mkdir(parents=True, exist_ok=True)
    there = sum(file.stat().st_size for file in texts.rglob("*.sym"))
    # The packs of a run take a quarter of their text.
    lacking = wanted * 5 // 4 - there - shutil.disk_usage(texts).free
    if lacking > 0:
        raise Unmeasurable(f"{lacking / 1e9:.1f} GB are lacking on the disk of {texts}")


def _text(giant: Path, texts: Path, build: int) -> None:
    target = texts / LINUX.module / build_id(build) / LINUX.file
    if target.exists() and target.stat().st_size == giant.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    with giant.open("rb") as source, partial.open("wb") as copy:
        # Ids are of one length, so the record keeps its own.
        first = source.readline().decode()
        copy.write(first.replace(giant.parent.name, build_id(build)).encode())
        shutil.copyfileobj(source, copy, 1 << 20)
    partial.rename(target)


def _dumps(giant: Path, count: int, size: int, steps: Steps) -> list[Path]:
    target = FOLDER / f"dumps-{size}-{count}"
    shape = ["--threads", "24", "--depth", "60", "--count", str(count), "--seed", "3"]
    made(target, [GIANT, "dumps", "--symbols", giant, *shape, "-o", target], [giant], steps)
    return sorted(target.glob("*.dmp"))


def _dump(dump: Path, old: str, build: int) -> Path:
    target = dump.parent.with_name(f"{dump.parent.name}-builds") / f"{build}-{dump.name}"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(with_id(dump.read_bytes(), old, build_id(build)))
    return target
