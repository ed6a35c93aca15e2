"""What a stackwalker left behind, read in one way: by the walker, and from files of an old run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moonwalk.adapters.stored_content import UnusableContentError, parse_json
from moonwalk.domain.outcome import WALKED, Outcome, OutputFault, WalkResult

MAX_LOG_BYTES = 64 * 1024

_MEANING = {
    0: Outcome.OK,
    1: Outcome.UNREADABLE,
    81: Outcome.MEMORY_LIMIT,
    82: Outcome.CPU_LIMIT,
    83: Outcome.OUTPUT_LIMIT,
    86: Outcome.UNREADABLE_PACKS,
}
"""Exit codes: those from 81 on are the stackwalker's own, the others `minidump-stackwalk`'s."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output with its worth, see the fields of the same names of `WalkResult`."""

    outcome: Outcome
    document: Mapping[str, Any] = field(default_factory=dict)
    content: bytes = b""
    fault: OutputFault | None = None


def outcome_of(exit_code: int, *, in_time: bool) -> Outcome:
    """Say how a walk ended."""
    return _MEANING.get(exit_code, Outcome.CRASHED) if in_time else Outcome.TIMEOUT


def read_output(outcome: Outcome, file: Path | None, limit: int) -> Output:
    """Read an output, which counts only after a walk that came to its end.

    Args:
        outcome: how the walk ended.
        file: may be missing, or there may be none.
        limit: bytes that it may have.
    """
    if outcome not in WALKED:
        return Output(outcome)
    if file is None or not file.exists():
        return Output(Outcome.BAD_OUTPUT, fault=OutputFault.MISSING)
    content = head(file, limit + 1)
    if len(content) > limit:
        return Output(Outcome.OUTPUT_LIMIT)
    try:
        document = parse_json(content)
    except UnusableContentError:
        return Output(Outcome.BAD_OUTPUT, fault=OutputFault.NOT_JSON)
    if not isinstance(document, dict):
        return Output(Outcome.BAD_OUTPUT, fault=OutputFault.NO_OBJECT)
    return Output(outcome, document, content)


def read_log(file: Path) -> str:
    """Read a log, as far as it is kept; empty when there is none."""
    return head(file, MAX_LOG_BYTES).decode("utf-8", "replace")


def head(file: Path, size: int) -> bytes:
    """Read so many bytes of a file; none when it is missing."""
    try:
        with file.open("rb") as stream:
            return stream.read(size)
    except FileNotFoundError:
        return b""


def not_walked() -> WalkResult:
    """Give the result of a minidump without bytes, which is not walked."""
    return WalkResult(Outcome.EMPTY, {}, b"", None, "", "", 0.0)
