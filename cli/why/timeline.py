"""The way of one crash as stretches of time, each a wait, work, or work that came to nothing.

Made of the moments that its ledger entry remembers; it is pure, and the same for a person and a
machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from moonwalk.domain.ledger import LedgerEntry, State
from moonwalk.domain.trail import Moment, Step


class Kind(StrEnum):
    """What a stretch of time was for the crash."""

    WAIT = "wait"
    WORK = "work"
    LOST = "lost"
    """Work that did not come to an end of its own."""
    REST = "rest"
    """It had its result, and nothing was wanted of it."""


@dataclass(frozen=True)
class Stretch:
    """From one moment to the next.

    Attributes:
        began: seconds since the epoch.
        open: whether it lasts still.
    """

    began: float
    seconds: float
    kind: Kind
    what: str
    attempt: int
    open: bool = False


_HEAVY = {Step.STARTED}
_WAITS = {
    Step.SENT: "in the queue",
    Step.RELEASED: "hidden in the queue until the next try",
    Step.PUT_BACK: "in the queue, put back",
    Step.HANDED_OVER: "in the heavy queue",
    Step.GIVEN_BACK: "in the heavy queue again",
}
"""What begins with these moments is a wait, whatever ends it."""


def stretches(entry: LedgerEntry, now: float) -> list[Stretch]:
    """Give the way of a crash, up to now if it is in flight."""
    moments = in_order(entry.trail)
    found = [_stretch(one, following) for one, following in pairwise(moments)]
    if moments and entry.in_flight:
        found.append(_open(moments[-1], now))
    return found


def in_order(trail: Sequence[Moment]) -> list[Moment]:
    """Give moments by their time: a message may be sent while the run before it goes on."""
    return sorted(trail, key=lambda moment: moment.at)


def seconds_of(way: Sequence[Stretch]) -> dict[Kind, float]:
    """Add up each kind."""
    return {kind: sum(one.seconds for one in way if one.kind is kind) for kind in Kind}


def _stretch(one: Moment, following: Moment) -> Stretch:
    kind, what = _meaning(one, following)
    return Stretch(one.at, following.at - one.at, kind, what, one.attempt)


def _meaning(one: Moment, following: Moment) -> tuple[Kind, str]:
    if one.step is Step.ENDED:
        return Kind.REST, "with its result"
    if one.step in _WAITS:
        return Kind.WAIT, _WAITS[one.step]
    lane = "on a worker" if one.step in _HEAVY else "in the light lane"
    return _run(lane, following)


def _run(lane: str, following: Moment) -> tuple[Kind, str]:
    """Tell what a run was, by what ended it."""
    if following.step is Step.ENDED:
        state, _, reason = following.detail.partition(" ")
        if state == State.FAILED:
            return Kind.LOST, f"run {lane}, failed: {reason}"
        return Kind.WORK, f"run {lane}"
    if following.step is Step.HANDED_OVER:
        if following.detail == "size":
            return Kind.WORK, "dispatched: too large for the light lane"
        return Kind.LOST, f"run {lane}, given up: {following.detail}"
    return Kind.LOST, f"run {lane}, {_end(following)}"


def _end(following: Moment) -> str:
    """Say how a run without a result ended."""
    if following.step is Step.RELEASED:
        return f"failed: {following.detail}"
    if following.step is Step.GIVEN_BACK:
        return f"given back: {following.detail}"
    return "never answered"


def _open(last: Moment, now: float) -> Stretch:
    waits = last.step in _WAITS
    lane = "on a worker" if last.step in _HEAVY else "in the light lane"
    what = _WAITS[last.step] if waits else f"at work {lane}"
    kind = Kind.WAIT if waits else Kind.WORK
    return Stretch(last.at, max(0.0, now - last.at), kind, what, last.attempt, open=True)


def counted(entry: LedgerEntry) -> Iterator[tuple[str, int]]:
    """Count what happened more often than it should have, as far as the trail goes back."""
    steps = [moment.step for moment in entry.trail]
    names = {
        Step.RELEASED: "retries",
        Step.PUT_BACK: "put back",
        Step.HANDED_OVER: "handed to the heavy lane",
        Step.GIVEN_BACK: "given back by workers",
    }
    for step, name in names.items():
        if steps.count(step):
            yield name, steps.count(step)
