"""Same request, same crash: what a message means, given what the ledger says of its crash.

| message                      | no item | in flight              | processed   | failed      |
|------------------------------|---------|------------------------|-------------|-------------|
| standard, priority, S3 event | run     | acknowledge            | acknowledge | run         |
| reprocessing                 | run     | one more run at the end| run         | run         |
| put back by the reconciler   | run     | its attempt in force:  | acknowledge | acknowledge |
|                              |         | run; else acknowledge  |             |             |
| symbols came                 | run     | its attempt was the last one: as reprocessing;    |
|                              |         | else acknowledge                                  |
| the claiming message, again  | -       | leave it until due,    | acknowledge | acknowledge |
|                              |         | then run               |             |             |
"""

from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.ledger import Again, LedgerEntry, State, claimed
from moonwalk.domain.request import CrashRequest, Origin, QueueClass


class Settled(StrEnum):
    """Why a message can go without a run of its own."""

    DUPLICATE = "duplicate"
    """The crash is in flight already."""
    DONE = "done"
    """The crash has its result already."""
    QUEUED_AGAIN = "queued_again"
    """One more run follows the one in flight."""
    STALE = "stale"
    """A put-back whose attempt is no longer in force, or symbols that a later run has looked for
    already."""


@dataclass(frozen=True, slots=True)
class Run:
    """Process the crash under this new entry, once it is written."""

    entry: LedgerEntry


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Let the message go; `entry` is what has to be written first, if anything."""

    why: Settled
    entry: LedgerEntry | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Keep the message: its own claim is still in force, until this time (epoch seconds)."""

    until: float


Decision = Run | Acknowledge | Leave


def decide(
    request: CrashRequest, entry: LedgerEntry | None, *, now: float, due_at: float
) -> Decision:
    """Decide what becomes of a message.

    Args:
        request: what the message asks for.
        entry: what the ledger holds of its crash.
        now: seconds since the epoch.
        due_at: when a run that is claimed now is due.
    """
    if entry is None:
        return Run(claimed(request, None, now=now, due_at=due_at))
    run = Run(claimed(request, entry, now=now, due_at=due_at))
    if request.message.id == entry.message_id:
        return _redelivered(entry, run, now)
    if request.origin is Origin.PUT_BACK:
        in_force = entry.in_flight and entry.fence.attempt == request.seen_attempt
        return run if in_force else Acknowledge(Settled.STALE)
    if request.origin is Origin.SYMBOLS_CAME and request.seen_attempt != entry.fence.attempt:
        return Acknowledge(Settled.STALE)
    if request.message.id == entry.asked_by:
        return Acknowledge(Settled.DUPLICATE if entry.in_flight else Settled.DONE)
    return _from_others(request, entry, run)


def _from_others(request: CrashRequest, entry: LedgerEntry, run: Run) -> Decision:
    """Decide for a message that has nothing to do with the run that is, or was, in force."""
    if request.queue is QueueClass.REPROCESSING:
        return _one_more(request, entry) if entry.in_flight else run
    if entry.in_flight:
        return Acknowledge(Settled.DUPLICATE)
    return run if entry.state is State.FAILED else Acknowledge(Settled.DONE)


def _redelivered(entry: LedgerEntry, run: Run, now: float) -> Decision:
    if not entry.in_flight:
        return Acknowledge(Settled.DONE)
    if entry.released or entry.due_at is None or entry.is_due(now):
        return run
    return Leave(until=entry.due_at)


def _one_more(request: CrashRequest, entry: LedgerEntry) -> Acknowledge:
    again = Again(request.ruleset, request.message.id)
    if entry.again == again:
        return Acknowledge(Settled.QUEUED_AGAIN)
    return Acknowledge(Settled.QUEUED_AGAIN, entry.with_again(again))
