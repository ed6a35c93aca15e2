"""Breakpad symbols: the giant itself, and the libraries beside it in the dumps."""

import shutil
import subprocess
from pathlib import Path

from packages import debug_file
from place import (
    LIBRARY_PATH,
    OSD,
    PLACE,
    SYMBOLS,
    Cost,
    GiantError,
    is_newer,
    megabytes,
    remember,
    run,
    say,
)
from tools import CRASH_CLIENT, DUMP_SYMS

ASIDE = PLACE / "symbols.partial"
# Half of what a developer's machine has: a machine that swaps is of no use to anyone.
MEMORY_LIMIT = 14 << 30


def giant() -> Path:
    """Leaves the program's symbol file in `symbols`; returns its path."""
    found = list(SYMBOLS.glob("ceph-osd/*/ceph-osd.sym"))
    if found:
        return found[0]
    debug = debug_file()
    say(f"dump_syms --inlines of {OSD.name}, {megabytes(OSD)} and {megabytes(debug)} (compressed)")
    cost = dump_syms([OSD, debug], memory_limit=MEMORY_LIMIT)
    remember("dump_syms", cost)
    return giant()


def libraries() -> None:
    """Leaves what the libraries themselves tell: exported names, and how to unwind."""
    if is_newer(SYMBOLS / CRASH_CLIENT.name, CRASH_CLIENT):
        return
    listing = subprocess.run(
        ["env", f"LD_LIBRARY_PATH={LIBRARY_PATH}", "ldd", str(OSD)],
        capture_output=True,
        text=True,
        check=True,
    )
    words = listing.stdout.split()
    files = [Path(word).resolve() for word in words if word.startswith("/")]
    say(f"dump_syms of {len(files)} libraries")
    for file in [*sorted(set(files)), CRASH_CLIENT]:
        dump_syms([file])


def dump_syms(files: list[Path], *, memory_limit: int | None = None) -> Cost:
    """Files of one build become one symbol file, which appears when it is whole."""
    shutil.rmtree(ASIDE, ignore_errors=True)
    command = [str(DUMP_SYMS), "--inlines", "--store", str(ASIDE), *map(str, files)]
    cost = run(command, memory_limit=memory_limit)
    made = list(ASIDE.glob("*/*/*.sym"))
    if len(made) != 1:
        raise GiantError(f"dump_syms made {len(made)} symbol files of {files}, not one")
    place = SYMBOLS / made[0].relative_to(ASIDE)
    shutil.rmtree(place.parents[1], ignore_errors=True)
    place.parent.mkdir(parents=True)
    made[0].rename(place)
    shutil.rmtree(ASIDE)
    return cost
