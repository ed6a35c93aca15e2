"""The stackwalker by itself, as `moonwalk walk` starts it."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
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
        stats: its statistics; empty if it wrote none.
    """

    output: bytes
    log: str
    code: int
    stats: bytes = b""

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
    dump: Path,
    symbols: SymbolFolders,
    raw_crash: Path | None,
    output_file: Path | None = None,
    told: Mapping[str, str] | None = None,
) -> Walked:
    """Walk a minidump with the flags of `minidump-stackwalk`.

    Args:
        dump: the minidump.
        symbols: where symbols are.
        raw_crash: annotations, if there are any.
        output_file: where the JSON goes, if it is not wanted here.
        told: what symbol servers told of modules without debug ids, path by path.

    Raises:
        SetUpIncomplete: when the stackwalker has not been built.
    """
    flags = ["--json", "--no-color", *symbols.flags]
    if raw_crash:
        flags.append(f"--evil-json={raw_crash}")
    if output_file:
        flags.append(f"--output-file={output_file}")
    with (
        tempfile.TemporaryDirectory(prefix="moonwalk-walk-") as folder,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as log,
    ):
        stats = Path(folder) / "stats.json"
        flags.append(f"--stats-file={stats}")
        if told:
            info = Path(folder) / "debug-info.json"
            info.write_text(json.dumps(told), encoding="utf-8")
            flags.append(f"--debug-info={info}")
        ended = subprocess.run(
            [str(binary()), *flags, "--", str(dump)],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            check=False,
        )
        output.seek(0)
        log.seek(0)
        said = log.read().decode("utf-8", "replace")
        figures = stats.read_bytes() if stats.exists() else b""
        return Walked(output.read(), said, _shell_code(ended.returncode), figures)


def _shell_code(code: int) -> int:
    return 128 - code if code < 0 else code
