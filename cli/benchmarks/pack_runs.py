"""Packs one input several times by turns with the reference's parsing, and takes it apart again.

The reference parses a text when a stackwalk first touches its module. So parsing once is a run of
`minidump-stackwalk` on a dump with one thread of one frame in that module: all else in that run
takes a few milliseconds.
"""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.hashes import hash_of_file
from cli.benchmarks.machine import keep_in_cache
from cli.benchmarks.made import GIANT, KEPT, PACK, REFERENCE, made
from cli.benchmarks.pack_figures import Packed
from cli.benchmarks.process import Usage, must
from cli.terminal import Steps

THREADS = 2
"""For packing: the goal is set for two cores. Parsing is done by one thread, as upstream does."""


@dataclass(frozen=True, slots=True)
class Input:
    """What a case packs.

    Attributes:
        symbols: folder of symbol files.
        dump: one that makes the reference parse the text; None where that is not measured.
    """

    name: str
    symbols: Path
    dump: Path | None


def alone(text: Path, name: str) -> Path:
    """Give a folder with one symbol file in its place, by a link: others beside it would count."""
    place = KEPT / "alone" / name / Path(*text.parts[-3:])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(text.resolve())
    return place.parents[2]


def parsing_dump(text: Path, name: str, steps: Steps) -> Path:
    """Give a dump with one frame, which stands in the module of a symbol file."""
    folder = KEPT / "dumps" / f"parsing-{name}"
    one = ["--count", "1", "--threads", "1", "--depth", "1", "--seed", "1"]
    what = ["--symbols", str(text), "--module", text.parents[1].name]
    made(folder, [GIANT, "dumps", *what, *one, "-o", folder], [text], steps)
    return folder / "giant-00000.dmp"


def packed(given: Input, pairs: int, scratch: Path, steps: Steps) -> Packed:
    """Measure an input: packing beside parsing, sizes, and whether the text comes back."""
    found = Packed(given.name)
    keep_in_cache(given.symbols)
    for number in range(1, pairs + 1 if given.dump else 2):
        found.packing.append(_pack(given, scratch / "packs", THREADS))
        told = f"{given.name}, {number}: packed in {found.packing[-1].wall:.1f} s"
        if given.dump:
            found.parsing.append(_parse(given.symbols, given.dump, scratch / "walk.json"))
            told += f", parsed by the reference in {found.parsing[-1].wall:.1f} s"
        steps.note(told)
    with steps.step(f"{given.name}: packing once more, by one thread"):
        _pack(given, scratch / "again", 1)
    with steps.step(f"{given.name}: taking the texts back"):
        _examine(given, scratch, found)
    return found


def _pack(given: Input, target: Path, threads: int) -> Usage:
    how = ["--quiet", "--threads", str(threads), "-o", str(target)]
    return must([PACK, "build", given.symbols, *how])


def _parse(symbols: Path, dump: Path, output: Path) -> Usage:
    used = must([REFERENCE, "--json", f"--symbols-path={symbols}", f"--output-file={output}", dump])
    if b'"loaded_symbols":true' not in output.read_bytes():
        raise Unmeasurable(f"the reference did not load the symbols of {dump}")
    return used


def _examine(given: Input, scratch: Path, found: Packed) -> None:
    """Hold every text against its packs."""
    for text in sorted(given.symbols.rglob("*.sym")):
        place = text.relative_to(given.symbols).with_suffix(".pack")
        pack, again = scratch / "packs" / place, scratch / "again" / place
        found.files += 1
        found.text_bytes += text.stat().st_size
        found.pack_bytes += pack.stat().st_size
        if hash_of_file(pack) != hash_of_file(again):
            found.troubles.append(f"{place}: packed twice, with different bytes")
        if _hash_of_text(pack) != hash_of_file(text):
            found.troubles.append(f"{place}: does not give its text back")


def _hash_of_text(pack: Path) -> str:
    """Unpack into a hash, so that no giant is written once more."""
    with subprocess.Popen([str(PACK), "text", str(pack)], stdout=subprocess.PIPE) as unpacking:
        assert unpacking.stdout is not None  # noqa: S101 - it is a pipe: asked for above
        whole = hashlib.sha256()
        while part := unpacking.stdout.read(1 << 20):
            whole.update(part)
    if unpacking.returncode:
        raise Unmeasurable(f"`moonwalk-pack text {pack}` ended with {unpacking.returncode}")
    return whole.hexdigest()
