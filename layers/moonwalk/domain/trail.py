"""What happened to a crash so far, moment by moment: what `moonwalk why` tells.

It is written with changes of the ledger that happen anyway, so it costs bytes and no requests; and
it is bounded, as the entry of a crash that is processed again and again would not be.
"""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What can happen to a crash; the detail of each is in brackets."""

    SENT = "sent"
    """Its message was sent (the queue, and what kind of message)."""
    CLAIMED = "claimed"
    """The dispatcher took it on: an attempt begins."""
    RELEASED = "released"
    """The world failed, so the message will be seen again (why)."""
    PUT_BACK = "put_back"
    """The reconciler found it late and sent it again."""
    HANDED_OVER = "handed_over"
    """The heavy lane has it (why)."""
    STARTED = "started"
    """A worker began to walk it."""
    GIVEN_BACK = "given_back"
    """A worker left it to another one (why)."""
    ENDED = "ended"
    """The attempt is over (state, and the reason if there is one)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened.

    Attributes:
        at: seconds since the epoch.
        attempt: during which it happened.
        detail: see `Step`; one of few words, never a text from outside.
    """

    at: float
    step: Step
    attempt: int
    detail: str = ""


Trail = tuple[Moment, ...]
MOST = 24
"""Moments that are kept: the newest, some 40 bytes each."""


def longer(trail: Trail, *moments: Moment) -> Trail:
    """Add moments to a trail; the oldest go when there are too many."""
    return (*trail, *moments)[-MOST:]
