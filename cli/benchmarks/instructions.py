"""Counts instructions by callgrind, once for the same program and inputs, and keeps the figure.

Callgrind makes a run some fifty times slower: minutes where the reference parses a giant. The
count hardly differs from run to run, and not at all with how busy the machine is.
"""

import json
import re
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.process import last_line

_TOTALS = re.compile(r"^totals: (\d+)$", re.MULTILINE)


def counted(profile: str) -> int:
    """Give the instructions that a callgrind profile sums up to.

    Raises:
        Unmeasurable: when it has no total, as when the run did not end.
    """
    total = _TOTALS.search(profile)
    if total is None:
        raise Unmeasurable("callgrind's profile has no total: the run did not end")
    return int(total[1])


def callgrind(command: Sequence[str | Path]) -> int:
    """Run a command under callgrind and give its instructions.

    Raises:
        Unmeasurable: when the command or valgrind failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"]
        done = subprocess.run(
            [*valgrind, *map(str, command)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unmeasurable(f"{command[0]} under valgrind: {last_line(done.stderr)}")
        return counted(profile.read_text(encoding="utf-8", errors="replace"))


class KeptCounts:
    """Counts of earlier runs, in a file, by the hash of what was run and on what."""

    def __init__(self, file: Path) -> None:
        """Take the file; it need not be there yet."""
        self._file = file
        self._writing = threading.Lock()

    def get(self, key: str) -> int | None:
        """Give the count that is kept for a key."""
        found = self._all().get(key)
        return None if found is None else int(found)

    def put(self, key: str, count: int) -> None:
        """Keep a count; may be called from several threads."""
        with self._writing:
            kept = {**self._all(), key: count}
            aside = self._file.with_suffix(".partial")
            aside.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            aside.replace(self._file)

    def _all(self) -> dict[str, int]:
        if not self._file.exists():
            return {}
        kept: dict[str, int] = json.loads(self._file.read_text(encoding="utf-8"))
        return kept
