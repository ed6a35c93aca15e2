"""What Moonwalk needs on this machine, whether it is there, and how to get it."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.places import LOCAL_ASSETS, PACKER, ROOT, STACKWALKER, shown
from moonwalk.adapters.disk_probe import ProbeError, probe

OLDEST_PYTHON = (3, 11)
PROBE_SECONDS = 0.5
ANSWER_WITHIN = 10.0
"""Seconds for a tool to tell its version."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked for.

    Attributes:
        found: its version or its place; None when it is missing.
        remedy: how to get it.
        needed: whether `make run` or `make test` cannot do without.
    """

    name: str
    found: str | None
    remedy: str
    needed: bool = True

    @property
    def fine(self) -> bool:
        """Whether it is there, or nobody needs it."""
        return self.found is not None or not self.needed


def checks() -> Iterator[Check]:
    """Look for everything, one after the other."""
    new_enough = sys.version_info >= OLDEST_PYTHON
    version = platform.python_version() if new_enough else None
    python_remedy = "install it; then `make build PYTHON=…`"
    yield Check("Python 3.11 or newer", version, python_remedy)
    for name, commands, needed, remedy in _TOOLS:
        yield Check(name, _version(commands), remedy, needed=needed)
    yield Check("stackwalker", _place(STACKWALKER), "run `make build`")
    yield Check("packer", _place(PACKER), "run `make build`")
    layer = LOCAL_ASSETS / "layers" / "moonwalk"
    yield Check("assets of the embedded AWS", _place(layer), "run `make build`")
    yield Check("disk", _disk(ROOT), "make room there", needed=False)


def _disk(folder: Path) -> str | None:
    """Measure the disk at hand as a worker does its own; nothing where that does not work."""
    try:
        found = probe(folder, PROBE_SECONDS)
    except ProbeError:
        return None
    measured = found.measured
    return (
        f"{found.kind}: {measured.sequential / (1 << 20):.0f} MiB/s in order, "
        f"{measured.random:.0f} small reads a second of {measured.latency * 1000:.2f} ms"
    )


def _place(path: Path) -> str | None:
    return shown(path) if path.exists() else None


def _version(commands: tuple[str, ...]) -> str | None:
    """Give what the first tool that is there says of itself, in one line."""
    found = next(filter(None, map(shutil.which, commands)), None)
    if found is None:
        return None
    try:
        said = subprocess.run(
            [found, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=ANSWER_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = said.stdout.strip().splitlines()
    return lines[0] if lines and said.returncode == 0 else None


_TOOLS = (
    ("Rust (cargo)", ("cargo",), True, "install Rust from https://rustup.rs"),
    ("C compiler", ("cc", "gcc", "clang"), True, "on Debian: apt install build-essential"),
    ("Node.js", ("node",), True, "install Node.js 20 or newer from https://nodejs.org"),
    ("npm", ("npm",), True, "it comes with Node.js; on Debian: apt install npm"),
    ("make", ("make",), True, "on Debian: apt install make"),
    ("dump_syms", ("dump_syms",), False, "`symbols push` of native files: cargo install dump_syms"),
)
"""Name, commands of which one must be there, whether it is needed, how to get it."""
