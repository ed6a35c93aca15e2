"""Symbols of native files, by way of `dump_syms`: ELF, Mach-O, and PDB with its PE beside it."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from cli.exits import SetUpIncomplete, UsageError
from cli.places import shown
from cli.plain import plain

PROGRAM = "dump_syms"
REMEDY = "run `cargo install --locked dump_syms@2.3.7`, or make the .sym files elsewhere"
MOST_SECONDS = 3600.0
_MAGICS = (
    b"\x7fELF",
    b"MZ",
    b"Microsoft C/C++ MSF 7.00",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
)
"""How ELF, PE, PDB and the kinds of Mach-O begin."""


def is_native(path: Path) -> bool:
    """Say whether a file is a program, a library or their debugging information."""
    with path.open("rb") as file:
        return file.read(max(map(len, _MAGICS))).startswith(_MAGICS)


def symbols_of(path: Path, scratch: Path) -> Path:
    """Make the symbol file of a native file.

    `dump_syms` looks for the PE of a PDB, and for the PDB of a PE, beside the file.

    Raises:
        SetUpIncomplete: when `dump_syms` is not there.
        UsageError: when it makes no symbols of the file.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise SetUpIncomplete(
            f"{plain(shown(path))} is a native file, and {PROGRAM} is not on PATH", REMEDY
        )
    folder = Path(tempfile.mkdtemp(prefix="native-", dir=scratch))
    made = folder / "made.sym"
    command = [program, "--inlines", "--output", str(made), str(path.resolve())]
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
        raise UsageError(f"{PROGRAM} did not end well: {plain(error, 200)}", REMEDY) from error
    if ended.returncode or not made.is_file():
        said = plain(ended.stderr.decode("utf-8", "replace").strip(), 300)
        raise UsageError(
            f"{PROGRAM} makes no symbols of {plain(shown(path))}: {said}",
            "is it stripped, or a PDB without its program beside it?",
        )
    return made
