"""The stackwalker by itself, as `moonwalk walk` starts it."""

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cli.exits import SetUpIncomplete
from cli.places import STACKWALKER, shown
from moonwalk.adapters.symbol_access import SymbolFolders

WHOLE = (0, 86)
"""Exit codes with an output that is whole."""
ENVIRONMENT = {"LANG": "C.UTF-8"}
"""All that the child gets to see: nothing of ours can change what it says."""


@dataclass(frozen=True)
class Walked:
    """How the stackwalker ended.

    Attributes:
        output: its standard output.
        log: its standard error, text.
        code: its exit code; 128 plus the number of the signal that ended it, as shells say it.
    """

    output: bytes
    log: str
    code: int

    @property
    def whole(self) -> bool:
        """Whether the walk came to its end, be it without symbols that it could not read."""
        return self.code in WHOLE


def binary() -> Path:
    """Give the built stackwalker.

    Raises:
        SetUpIncomplete: when it has not been built.
    """
    if not os.access(STACKWALKER, os.X_OK):
        raise SetUpIncomplete(f"{shown(STACKWALKER)} has not been built", "run `make build`")
    return STACKWALKER


def walk(
    dump: Path, symbols: SymbolFolders, raw_crash: Path | None, output_file: Path | None
) -> Walked:
    """Walk a minidump with the flags of `minidump-stackwalk`.

    Raises:
        SetUpIncomplete: when the stackwalker has not been built.
    """
    flags = ["--json", "--no-color", *symbols.flags]
    if raw_crash:
        flags.append(f"--evil-json={raw_crash}")
    if output_file:
        flags.append(f"--output-file={output_file}")
    command = [str(binary()), *flags, "--", str(dump)]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as log:
        ended = subprocess.run(
            command,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            check=False,
        )
        output.seek(0)
        log.seek(0)
        said = log.read().decode("utf-8", "replace")
        return Walked(output.read(), said, _shell_code(ended.returncode))


def _shell_code(code: int) -> int:
    return 128 - code if code < 0 else code
