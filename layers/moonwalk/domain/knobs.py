"""Knobs: what on-call turns without a deployment, and how far each may be turned.

Settings say what a deployment is, and how far its knobs go; both are its panel. What is turned
is in a document (`moonwalk.domain.knob_turns`). A value that a panel refuses concerns its own knob
only: one out of its bounds must not set free a queue that another one holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from moonwalk.domain.request import QueueClass

Value = bool | int


class KnobQueue(StrEnum):
    """The queues that can be paused."""

    PRIORITY = "priority"
    STANDARD = "standard"
    REPROCESSING = "reprocessing"
    SYMBOLS = "symbols"
    HEAVY_PRIORITY = "heavy-priority"
    HEAVY_STANDARD = "heavy-standard"
    HEAVY_REPROCESSING = "heavy-reprocessing"
    HEAVY_SYMBOLS = "heavy-symbols"

    @classmethod
    def heavy(cls, queue: QueueClass) -> "KnobQueue":
        """Give the heavy lane's queue of a class."""
        return cls(f"heavy-{queue}")


READ_BY_FUNCTIONS = tuple(queue for queue in KnobQueue if not queue.startswith("heavy-"))
"""The queues that Lambda reads: how many read at the same time is a knob, too."""
READ_BY_WORKERS = tuple(queue for queue in KnobQueue if queue not in READ_BY_FUNCTIONS)
"""The heavy lane's queues."""
LIGHT_LIMIT = "lane.light_limit_mib"
LIGHT_KILL = "kill_seconds.light"
HEAVY_KILL = "kill_seconds.heavy"
SLOTS = "worker.slots"
RELEASES = "reprocessing.per_minute"
PAUSED = "paused"
"""Why a message stays in a queue that nothing is to be taken from."""
_PAUSE, _CONCURRENCY, _SOURCE = "pause.", "concurrency.", "source."
_MEANINGS = {
    LIGHT_LIMIT: "minidumps of a crash up to so many MiB are walked in the light lane; 0: none",
    LIGHT_KILL: "a walk in the light lane is killed after so many seconds",
    HEAVY_KILL: "a walk in the heavy lane is killed after so many seconds",
    SLOTS: "crashes that one worker works on at the same time",
    RELEASES: "crashes a minute that are walked again because symbols came; 0: none",
}
_MIB = 1024 * 1024


class BadKnobError(ValueError):
    """A knob that is not there, or a value that it cannot have; the text says what it can have."""


class Range(NamedTuple):
    """What the settings say, and how far a knob can be turned from there, both ends included."""

    default: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Knob:
    """One knob of a deployment.

    Attributes:
        default: its value while nobody has turned it: that of the settings.
        range: of a number; None for a switch.
        meaning: for a person.
    """

    name: str
    default: Value
    range: Range | None
    meaning: str

    def check(self, value: object) -> Value:
        """Give a value back if this knob can have it.

        Raises:
            BadKnobError: when it cannot.
        """
        if self.range is None:
            if not isinstance(value, bool):
                raise BadKnobError(f"{self.name} must be on or off")
            return value
        _, least, most = self.range
        # A boolean is an integer to Python, and none to whoever wrote it.
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise BadKnobError(f"{self.name} must be a whole number from {least} to {most}")
        return value


def pause(queue: KnobQueue) -> str:
    """Name the knob that pauses a queue."""
    return f"{_PAUSE}{queue}"


def concurrency(queue: KnobQueue) -> str:
    """Name the knob of how many functions read a queue at the same time."""
    return f"{_CONCURRENCY}{queue}"


def source(name: str) -> str:
    """Name the knob of a symbol source."""
    return f"{_SOURCE}{name}"


@dataclass(frozen=True, slots=True)
class Panel:
    """The knobs that a deployment has.

    Attributes:
        ranges: of its numbers, by the knob's name.
        sources: the names of its symbol sources.
    """

    ranges: Mapping[str, Range]
    sources: Sequence[str] = ()

    def __iter__(self) -> Iterator[Knob]:
        """Give all knobs, switches of queues first."""
        for queue in KnobQueue:
            yield Knob(pause(queue), default=False, range=None, meaning="no message is taken")
        for name, limits in self.ranges.items():
            yield Knob(name, limits.default, limits, _meaning(name))
        for name in self.sources:
            yield Knob(source(name), default=True, range=None, meaning="the source is asked")

    def knob(self, name: str) -> Knob:
        """Give a knob by its name.

        Raises:
            BadKnobError: when there is none of that name.
        """
        for knob in self:
            if knob.name == name:
                return knob
        raise BadKnobError(
            f"there is no knob {name!r}; there are {', '.join(k.name for k in self)}"
        )

    def sift(self, turned: Mapping[str, object]) -> tuple[dict[str, Value], dict[str, str]]:
        """Tell apart what counts and, by knob, why the rest does not."""
        good, refused = dict[str, Value](), dict[str, str]()
        for name, value in turned.items():
            try:
                good[name] = self.knob(name).check(value)
            except BadKnobError as error:
                refused[name] = str(error)
        return good, refused


def _meaning(name: str) -> str:
    if name.startswith(_CONCURRENCY):
        return "functions that read the queue at the same time"
    return _MEANINGS[name]


@dataclass(frozen=True, slots=True)
class Positions:
    """How all knobs of a panel stand.

    Attributes:
        turned: those that were turned, checked.
        known: False where that could not be found out yet, so that all stand as the settings say.
        refused: those turned to what they cannot have; they stand as they did before, or, where
            nobody knows how, as the settings say.
    """

    panel: Panel
    turned: Mapping[str, Value] = field(default_factory=dict)
    known: bool = True
    refused: frozenset[str] = frozenset()

    def is_paused(self, queue: KnobQueue) -> bool:
        """Tell whether nothing is to be taken from a queue."""
        return bool(self.turned.get(pause(queue), False))

    def is_off(self, name: str) -> bool:
        """Tell whether a symbol source is not to be asked."""
        return not self.turned.get(source(name), True)

    def number(self, name: str) -> int:
        """Give the value of a number."""
        return int(self.turned.get(name, self.panel.ranges[name].default))

    @property
    def light_limit_bytes(self) -> int:
        """The largest sum of minidumps for the light lane."""
        return self.number(LIGHT_LIMIT) * _MIB
