"""The ledger's entry for a crash, and every change that may happen to it.

All of them are pure: they take an entry and give the next one. Who stores it uses a conditional
write on `revision`, so that of two who saw the same entry only one succeeds.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.lane import Lane
from moonwalk.domain.request import CrashRequest, Origin, QueueClass, Ruleset
from moonwalk.domain.run_figures import RunFigures
from moonwalk.domain.trail import Moment, Step, Trail, longer


class State(StrEnum):
    """Where a crash stands."""

    CLAIMED = "claimed"
    """In flight: somebody works on it, or should."""
    PROCESSED = "processed"
    PROVISIONAL = "provisional"
    """Published, and to be walked again when its symbols arrive; counts as processed."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, order=True)
class Fence:
    """Which run of a crash is meant; the greater one is the newer.

    Attributes:
        since: when the entry was first made, in milliseconds since the epoch. It keeps the order
            when an entry expired and the attempts start again at 1.
        attempt: counts the claims of the entry, from 1.
    """

    since: int
    attempt: int


@dataclass(frozen=True, slots=True)
class InFlight:
    """How many crashes have a due time, and the earliest of these; None when there are none."""

    count: int
    first_due_at: float | None


@dataclass(frozen=True, slots=True)
class Again:
    """A new run that was asked for while one is in flight."""

    ruleset: Ruleset
    message_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a run that ended is remembered by.

    Attributes:
        finished_at: seconds since the epoch.
        reason: for a failed crash the dead-letter code, for another one the outcome of its main
            minidump where that is not `ok`.
        signature: of a published crash.
        dump_bytes: sum of the sizes of its minidumps.
        walk_seconds: wall-clock time of the longest walk.
        figures: what the run took, of a published crash.
    """

    finished_at: float
    reason: str | None = None
    signature: str | None = None
    dump_bytes: int = 0
    walk_seconds: float = 0.0
    figures: RunFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What the ledger knows of a crash.

    Attributes:
        revision: grows by one with every write; the condition of the next one.
        message_id: of the message whose claim is in force.
        asked_by: of the message from outside that the run is to answer; most often the same.
        first_seen: when that message was sent; seconds since the epoch, as all times here.
        due_at: when the reconciler is to look at it; None when there is nothing to look after.
        released: the claim was given up, and its message is to be seen again.
        put_backs: how many claims in a row were lost.
        starts: how often the heavy lane started to walk this attempt.
        trail: what happened, of earlier attempts too.
    """

    crash_id: CrashId
    state: State
    fence: Fence
    ruleset: Ruleset
    queue: QueueClass
    message_id: str
    asked_by: str
    first_seen: float
    claimed_at: float
    due_at: float | None
    revision: int = 1
    lane: Lane | None = None
    released: bool = False
    put_backs: int = 0
    starts: int = 0
    again: Again | None = None
    result: Result | None = None
    trail: Trail = ()

    @property
    def in_flight(self) -> bool:
        """Whether a run has been claimed and has not ended."""
        return self.state is State.CLAIMED

    def is_due(self, now: float) -> bool:
        """Whether the reconciler has to look at it."""
        return self.due_at is not None and self.due_at <= now

    def holds(self, fence: Fence) -> bool:
        """Whether this run is in flight and the one in force."""
        return self.in_flight and self.fence == fence

    @property
    def has_waited(self) -> bool:
        """Whether the heavy lane took it on and never tried it, so that no try was lost."""
        return self.in_flight and self.lane is Lane.HEAVY and self.starts == 0

    def with_again(self, again: Again | None) -> "LedgerEntry":
        """Remember, or forget, that another run is wanted when this one ends."""
        due_at = self.due_at if self.in_flight or again else None
        return replace(self, again=again, due_at=due_at, revision=self.revision + 1)

    def handed_over(self, at: float, why: str, *, due_at: float) -> "LedgerEntry":
        """The heavy lane has accepted the crash, and has until then."""
        return replace(self._after(at, Step.HANDED_OVER, why), lane=Lane.HEAVY, due_at=due_at)

    def put_back(self, at: float, *, due_at: float) -> "LedgerEntry":
        """The crash was put back; its due time moves ahead."""
        return replace(self._after(at, Step.PUT_BACK), due_at=due_at)

    def given_up(self, at: float, why: str, *, due_at: float) -> "LedgerEntry":
        """The world failed: the claiming message may claim again; looked after if it does not."""
        return replace(self._after(at, Step.RELEASED, why), released=True, due_at=due_at)

    def started(self, at: float) -> "LedgerEntry":
        """Count a start of a walk in the heavy lane."""
        return replace(self._after(at, Step.STARTED), starts=self.starts + 1)

    def start_given_back(self, at: float, why: str) -> "LedgerEntry":
        """A worker gave the crash back, which is not to blame; that start does not count."""
        return replace(self._after(at, Step.GIVEN_BACK, why), starts=max(0, self.starts - 1))

    def ended(self, state: State, lane: Lane | None, result: Result) -> "LedgerEntry":
        """The run is over. With another run wanted, the entry stays due until that is asked for."""
        due_at = result.finished_at if self.again else None
        detail = f"{state} {result.reason}" if result.reason else state.value
        after = self._after(result.finished_at, Step.ENDED, detail)
        return replace(after, state=state, lane=lane or self.lane, due_at=due_at, result=result)

    def _after(self, at: float, step: Step, detail: str = "") -> "LedgerEntry":
        """Give the next revision, which remembers what happened."""
        moment = Moment(at, step, self.fence.attempt, detail)
        return replace(self, trail=longer(self.trail, moment), revision=self.revision + 1)


def claimed(
    request: CrashRequest, previous: LedgerEntry | None, *, now: float, due_at: float
) -> LedgerEntry:
    """Give the entry of a new run, which fences off every earlier one."""
    if previous is None:
        fence, revision = Fence(since=round(now * 1000), attempt=1), 1
    else:
        fence = Fence(previous.fence.since, previous.fence.attempt + 1)
        revision = previous.revision + 1
    late = previous.put_backs if previous and previous.in_flight else 0
    return LedgerEntry(
        crash_id=request.crash_id,
        state=State.CLAIMED,
        fence=fence,
        ruleset=request.ruleset,
        queue=request.queue,
        message_id=request.message.id,
        asked_by=request.asked_by or request.message.id,
        first_seen=request.message.first_seen,
        claimed_at=now,
        due_at=due_at,
        revision=revision,
        put_backs=late + _lost(request, previous),
        again=previous.again if previous and previous.in_flight else None,
        trail=_trail(request, previous, fence.attempt, now),
    )


def _trail(request: CrashRequest, previous: LedgerEntry | None, attempt: int, now: float) -> Trail:
    """Go on with the trail there is; a message that is only seen again was sent once."""
    claimed_now = Moment(now, Step.CLAIMED, attempt)
    if previous and previous.message_id == request.message.id:
        return longer(previous.trail, claimed_now)
    detail = f"{request.queue} {request.origin}"
    sent = Moment(request.message.first_seen, Step.SENT, attempt, detail)
    return longer(previous.trail if previous else (), sent, claimed_now)


def _lost(request: CrashRequest, previous: LedgerEntry | None) -> int:
    """Count the claim that a put-back takes over from, unless that claim was given up in time.

    One that waited in the heavy lane until its workflow's end (a paused queue, no workers) does not
    count either: the reconciler ends these by their age.
    """
    if previous is None or previous.released or request.origin is not Origin.PUT_BACK:
        return 0
    if previous.has_waited:
        return 0
    return int(request.seen_attempt == previous.fence.attempt)
