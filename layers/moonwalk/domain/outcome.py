"""How the walk of a minidump ended, whatever the minidump was."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from moonwalk.domain.touched_modules import TouchedModule
from moonwalk.domain.walk_cost import BrokerCost, ProcessCost, Spent, WalkCost, spent


class Outcome(StrEnum):
    """The end of one walk; a result to store, never a reason to try again."""

    OK = "ok"
    UNREADABLE_PACKS = "unreadable_packs"
    """Walked to its end, but packs of symbols that it needed cannot be read: the output is whole
    and counts, as that of a walk that lacks those modules' symbols. No try of the same request
    repairs a pack, so it is no reason to try again either."""
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


WALKED = frozenset({Outcome.OK, Outcome.UNREADABLE_PACKS})
"""Ends with an output that counts."""
GIVE_UP = frozenset({Outcome.TIMEOUT, Outcome.CPU_LIMIT, Outcome.MEMORY_LIMIT})
"""Ends that more time or memory may change: the light lane hands such a crash to the heavy one."""


class OutputFault(StrEnum):
    """What makes an output unusable, of a walk that ended well."""

    MISSING = "missing"
    NOT_JSON = "not_json"
    NO_OBJECT = "no_object"
    """JSON, but no object."""


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
        cost: what the walk cost; None when the stackwalker did not come to say it.
        stats: the same, module by module, as the stackwalker's own bytes; empty when not.
        brokered: what the symbol broker did for it; None when none was there to be asked.
        modules: that it asked about symbols of, as far as the stackwalker came to say it.
        fault: what is wrong with the output, where that is the outcome.
        process: what the kernel counted of the process; None when no process ran.
    """

    outcome: Outcome
    json_dump: Mapping[str, Any]
    output: bytes
    exit_code: int | None
    log: str
    version: str
    wall_seconds: float
    cost: WalkCost | None = None
    stats: bytes = b""
    brokered: BrokerCost | None = None
    modules: tuple[TouchedModule, ...] = ()
    fault: OutputFault | None = None
    process: ProcessCost | None = None

    @property
    def spent(self) -> Spent:
        """What it took; nothing when no process ran."""
        if self.exit_code is None:
            return Spent()
        return spent(self.wall_seconds, self.process, self.cost, self.brokered)
