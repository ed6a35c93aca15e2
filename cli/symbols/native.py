"""Symbols of native files, by way of `dump_syms`: ELF, Mach-O, and PDB with its PE beside it."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cli.exits import SetUpIncomplete
from cli.places import shown
from cli.plain import plain

PROGRAM = "dump_syms"
REMEDY = "run `cargo install --locked dump_syms@2.3.7`, or make the .sym files elsewhere"
MOST_SECONDS = 3600.0
_UNIVERSAL = b"\xca\xfe\xba\xbe"
"""How a Mach-O for several processors begins."""
_MAGICS = (
    b"\x7fELF",
    b"MZ",
    b"Microsoft C/C++ MSF 7.00",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    _UNIVERSAL,
)
"""How ELF, PE, PDB and the kinds of Mach-O begin."""


class NoSymbolsError(Exception):
    """No symbols can be made of a file; the text says why."""


def is_native(path: Path) -> bool:
    """Say whether a file is a program, a library or their debugging information."""
    with path.open("rb") as file:
        return file.read(max(map(len, _MAGICS))).startswith(_MAGICS)


def symbols_of(path: Path, scratch: Path) -> Iterator[Path]:
    """Make the symbol files of a native file: one, or one for each processor that it is for.

    `dump_syms` looks for the PE of a PDB, and for the PDB of a PE, beside the file.

    Raises:
        SetUpIncomplete: when `dump_syms` is not there.
        NoSymbolsError: when it makes no symbols of the file.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise SetUpIncomplete(
            f"{plain(shown(path))} is a native file, and {PROGRAM} is not on PATH", REMEDY
        )
    folder = Path(tempfile.mkdtemp(prefix="native-", dir=scratch))
    for number, choice in enumerate(_processors(program, path, folder)):
        made = folder / f"made-{number}.sym"
        flags = ["--inlines", *choice, "--output", str(made)]
        _ended([program, *flags, str(path.resolve())], folder)
        if not made.is_file():
            raise NoSymbolsError(f"{PROGRAM} says that all is well, and makes no symbols of it")
        yield made


def _processors(program: str, path: Path, folder: Path) -> list[list[str]]:
    """Give the flags that choose each part of a universal file; of all else there is one part."""
    with path.open("rb") as file:
        if file.read(len(_UNIVERSAL)) != _UNIVERSAL:
            return [[]]
    said = _ended([program, "--list-arch", str(path.resolve())], folder)
    # The last line has the names, with commas between; the one before has the file's name.
    names = said.decode("utf-8", "replace").rstrip().rpartition("\n")[2].split(",")
    return [["--arch", name.strip()] for name in names]


def _ended(command: list[str], folder: Path) -> bytes:
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            timeout=MOST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoSymbolsError(f"{PROGRAM} did not end well: {plain(error, 200)}") from error
    if ended.returncode:
        said = plain(ended.stderr.decode("utf-8", "replace").strip(), 300)
        raise NoSymbolsError(f"{PROGRAM} makes no symbols of it: {said}")
    return ended.stdout
