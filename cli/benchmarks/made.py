"""What benchmarks make once and keep in `build/bench-data`: giants, packs and dumps.

Beside each stands a `.made` file, which says by hashes what it was made by and of; when one of
them changed, or the making was interrupted, it is made again.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.hashes import hash_of
from cli.benchmarks.process import must
from cli.places import BUILD, ROOT, shown
from cli.terminal import Steps

KEPT = BUILD / "bench-data"
RELEASE = ROOT / "layers" / "stackwalker" / "target" / "release"
GIANT = RELEASE / "moonwalk-giant"
PACK = RELEASE / "moonwalk-pack"
WALKER = RELEASE / "moonwalk-stackwalker"
REFERENCE = BUILD / "reference" / "bin" / "minidump-stackwalk"
REAL = BUILD / "giant-real"
"""Where `make giant-real` leaves `symbols` and `dumps` of a real program."""
CORPUS = ROOT.parent / "shared" / "corpus"


def need(*programs: Path) -> None:
    """Make sure that programs are built.

    Raises:
        Unmeasurable: when one is not.
    """
    for program in programs:
        if not program.is_file():
            remedy = "make reference" if program == REFERENCE else "make stackwalker"
            raise Unmeasurable(f"{shown(program)} has not been built: run `{remedy}`")


def made(target: Path, command: Sequence[str | Path], of: Sequence[Path], steps: Steps) -> Path:
    """Give a file or folder that a command makes, making it only when it has to be.

    Args:
        target: what the command makes.
        command: the program by its path, and its arguments.
        of: what it reads.
        steps: told what is made.

    Raises:
        Unmeasurable: when the command fails.
    """
    stamp = target.with_name(f"{target.name}.made")
    about = {"command": list(map(str, command[1:])), "of": hash_of([Path(command[0]), *of])}
    if target.exists() and stamp.exists() and json.loads(stamp.read_text("utf-8")) == about:
        return target
    stamp.unlink(missing_ok=True)
    _remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with steps.step(f"making {shown(target)}"):
        must(command)
    stamp.write_text(json.dumps(about) + "\n", encoding="utf-8")
    return target


def packs_of(symbols: Path, name: str, steps: Steps) -> Path:
    """Give the folder with the packs of a folder of symbol files."""
    target = KEPT / "packs" / name
    return made(target, [PACK, "build", "--quiet", symbols, "-o", target], [symbols], steps)


def _remove(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
