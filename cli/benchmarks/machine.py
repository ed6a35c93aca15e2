"""What this machine has for measuring, and how its page cache is dropped."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

DROP_CACHES = Path("/proc/sys/vm/drop_caches")
EVERYTHING = "3\n"
"""The page cache, and the kernel's memory of names and inodes."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What can be measured here."""

    counts_instructions: bool
    traces_reads: bool
    drops_cache: bool

    @classmethod
    def this(cls) -> "Machine":
        """Look what is installed and allowed."""
        return cls(
            counts_instructions=shutil.which("valgrind") is not None,
            traces_reads=_may_trace(),
            drops_cache=os.access(DROP_CACHES, os.W_OK),
        )

    def lacks(self) -> list[str]:
        """Name what is missing, with the column that stays empty without it."""
        told = {
            "valgrind is not installed: no instructions are counted": self.counts_instructions,
            "strace is not installed or may not trace: no reads are counted": self.traces_reads,
            "only root may drop the page cache: no cold runs": self.drops_cache,
        }
        return [lack for lack, there in told.items() if not there]


def _may_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-o", os.devnull, "-e", "trace=none", "true"], capture_output=True, check=False
    )
    return tried.returncode == 0


def drop_cache() -> None:
    """Write back what is dirty and forget every file: the next read comes from the disk."""
    os.sync()
    DROP_CACHES.write_text(EVERYTHING, encoding="ascii")


def keep_in_cache(path: Path) -> None:
    """Read a file, or every file below a folder, so that the page cache has it."""
    for file in files_below(path):
        with file.open("rb", buffering=0) as opened:
            while opened.read(1 << 20):
                pass


def files_below(path: Path) -> list[Path]:
    """Give a file itself, or all files below a folder, in order."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file())
