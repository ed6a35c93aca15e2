"""How the walk of a minidump ended, whatever the minidump was."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The end of one walk; a result to store, never a reason to try again."""

    OK = "ok"
    EMPTY = "empty_dump"
    """The dump has no bytes; the stackwalker was not asked."""
    UNREADABLE = "unreadable_dump"
    """The stackwalker said what is wrong with it (exit 1, and a name such as `MissingHeader`)."""
    CRASHED = "walker_crashed"
    """The stackwalker panicked or died of a signal that nobody sent on purpose."""
    BAD_OUTPUT = "bad_output"
    """The stackwalker ended well but printed nothing that can be used."""
    TIMEOUT = "walk_timeout"
    """Killed at the end of its wall-clock time."""
    CPU_LIMIT = "cpu_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"


GIVE_UP = frozenset({Outcome.TIMEOUT, Outcome.CPU_LIMIT, Outcome.MEMORY_LIMIT})
"""Ends that more time or memory may change: the light lane hands such a crash to the heavy one."""


@dataclass(frozen=True, slots=True)
class WalkResult:
    """What one walk gave.

    Attributes:
        outcome: how it ended.
        json_dump: the stackwalker's output as an object; empty when there is none.
        output: the same as the stackwalker's own bytes; empty when there is none.
        exit_code: the process's, negative for a signal, as Socorro stores it; None when no
            process ran.
        log: the stackwalker's log, text.
        version: the stackwalker's own version line.
        wall_seconds: from start to end of the process.
    """

    outcome: Outcome
    json_dump: Mapping[str, Any]
    output: bytes
    exit_code: int | None
    log: str
    version: str
    wall_seconds: float
