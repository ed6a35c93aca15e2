"""A crash on its way: what the dispatcher hands to a lane, and what the lane answers."""

from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import Dump
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Fence
from moonwalk.domain.request import CrashRequest, Ruleset


def run_name(crash_id: CrashId, ruleset: Ruleset, fence: Fence) -> str:
    """Name the workflow of a run: the same for the same run, so that it starts once.

    A crash id, the ruleset and the attempt; 36 + 1 + at most 20 + 1 + digits, below the 80
    characters that Step Functions takes.
    """
    return f"{crash_id}-{ruleset}-{fence.since:x}-{fence.attempt}"


@dataclass(frozen=True, slots=True)
class Task:
    """One run of one crash in one lane."""

    request: CrashRequest
    fence: Fence
    lane: Lane
    dumps: tuple[Dump, ...]

    @property
    def name(self) -> str:
        """The workflow's name."""
        return run_name(self.request.crash_id, self.request.ruleset, self.fence)

    @property
    def minidump_bytes(self) -> int:
        """Sum of the sizes of the dumps that are walked."""
        return sum(dump.size for dump in self.dumps if dump.name.is_minidump)


class Status(StrEnum):
    """How a run ended, as its lane tells it."""

    PROCESSED = "processed"
    PROVISIONAL = "provisional"
    REJECTED = "rejected"
    """The request was wrong; it lies in the dead-letter queue with its reason."""
    SUPERSEDED = "superseded"
    """A newer run of the crash has taken over; this one's result was dropped."""
    TOO_HEAVY = "too_heavy"
    """Only in the light lane: the crash needs more than it gives."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a lane answers for a task; `reason` says more where there is more to say."""

    status: Status
    reason: str | None = None
