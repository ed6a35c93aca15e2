"""The rule for the memory report, a file of its own beside the minidump."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any, ClassVar

from moonwalk.domain.dumps import DumpName
from moonwalk.rules.rule import Crash, Found, Rule

REPORT = DumpName("memory_report")
MOST_BYTES = 20_971_520
"""Of a report, once it is unpacked (Socorro)."""
MOST_PACKED = MOST_BYTES + 1024 * 1024
"""Of its file: no report that may be kept has more, however it was packed; empty pieces may."""
MOST_VALUES = 3_000_000
"""Values that a report has: three times what real ones of the largest size have. A report of
nothing but `{}` has seven million, which are a gigabyte once they are read."""
TOO_LARGE = f"Uncompressed memory info too large (max: {MOST_BYTES})"


class _UnusableError(Exception):
    """Why a report cannot be used, in the words of a note."""


class OutOfMemoryBinaryRule(Rule):
    """Reads the memory report, which is protected, or says why it cannot be read (25).

    F8: no more of it is unpacked than may be kept; what is said quotes neither its content nor
    paths; it has to be an object, and not one that takes many times its size to read.
    """

    writes: ClassVar[tuple[str, ...]] = ("memory_report", "memory_report_error")
    files: ClassVar[tuple[str, ...]] = (REPORT.text,)

    def applies(self, crash: Crash) -> bool:
        """Say whether there is a report."""
        return REPORT in crash.files

    def act(self, crash: Crash) -> Found:
        """Give the report, or what is wrong with it."""
        try:
            return Found(fields={"memory_report": _report(crash.files[REPORT])})
        except _UnusableError as error:
            return Found(fields={"memory_report_error": str(error)}, notes=(str(error),))


def _report(file: Path) -> Any:
    try:
        if file.stat().st_size > MOST_PACKED:
            raise _UnusableError(TOO_LARGE)
        with gzip.open(file) as unpacking:
            content = unpacking.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _UnusableError(f"error in gzip for {REPORT}: {type(error).__name__}") from error
    if len(content) > MOST_BYTES:
        raise _UnusableError(TOO_LARGE)
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise _UnusableError(f"{REPORT} has too many values (max: {MOST_VALUES})")
    try:
        report = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _UnusableError(f"error in json for {REPORT}: {type(error).__name__}") from error
    if not isinstance(report, dict):
        raise _UnusableError(f"{REPORT} is not an object")
    return report
