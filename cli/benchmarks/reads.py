"""Counts what a process reads of symbol files and packs, as the kernel sees it (strace).

Symbols that are mapped are counted by the length of the mapping, since every page may be read.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.benchmarks.failures import Unmeasurable
from cli.benchmarks.process import last_line

SYMBOLS = (".sym", ".pack")
CALLS = "read,pread64,readv,preadv,preadv2,mmap"

# With -y, strace writes each descriptor as its number and the path behind it: `3</lib/libc.so.6>`.
_READ = re.compile(r"p?read(?:64|v2?)?\(\d+<(?P<path>[^>]*)>.*\)\s+= (?P<result>\d+)$")
_MAP = re.compile(r"mmap\(\w+, (?P<result>\d+), .*\b\d+<(?P<path>[^>]*)>, \w+\)\s+= 0x")


@dataclass(frozen=True, slots=True)
class Reads:
    """What was read of symbol files or packs.

    Attributes:
        calls: system calls, those included that found the end of the file.
        bytes: what they gave.
    """

    calls: int
    bytes: int


def counted(trace: Iterable[str]) -> Reads:
    """Count in the lines of a trace; calls that failed, and files that are no symbols, are none."""
    found = [match for line in trace if (match := _READ.match(line) or _MAP.match(line))]
    results = [int(match["result"]) for match in found if match["path"].endswith(SYMBOLS)]
    return Reads(len(results), sum(results))


def traced(command: Sequence[str | Path]) -> Reads:
    """Run a command under strace, every thread in a file of its own, and count.

    Raises:
        Unmeasurable: when the command or strace failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        strace = ["strace", "-ff", "-y", "-s", "0", "-e", f"trace={CALLS}", "-o", f"{folder}/of"]
        done = subprocess.run(
            [*strace, *map(str, command)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unmeasurable(f"{command[0]} under strace: {last_line(done.stderr)}")
        return counted(line for file in Path(folder).iterdir() for line in _lines(file))


def _lines(file: Path) -> Iterable[str]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        for line in opened:
            yield line.rstrip("\n")
