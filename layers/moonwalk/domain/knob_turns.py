"""The document of turned knobs: who turned which knob when, from what to what, and why.

Each knob is a register whose last turn wins, so documents that two people wrote at the same time
can be put together in either order: nobody's turn is lost but to a later one of the same knob.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from moonwalk.domain.knobs import Value

MAX_WHY = 120
MAX_BY = 80
"""Characters; the whole document has room for few thousand."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The last turn of one knob.

    Attributes:
        value: what it was turned to; None: back to what the settings say.
        was: what it stood at before, likewise.
        at: milliseconds since the epoch.
        by: who; the parameter's own history knows better.
        why: in that person's words.
    """

    value: Value | None
    was: Value | None
    at: int
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Turns:
    """The last turn of each knob that was ever turned, by its name."""

    of: Mapping[str, Turn]

    @property
    def values(self) -> dict[str, Value]:
        """What knobs are turned to; those that were reset are not in it."""
        return {name: turn.value for name, turn in self.of.items() if turn.value is not None}

    def with_turn(self, name: str, value: Value | None, *, at: int, by: str, why: str) -> "Turns":
        """Turn a knob. It comes after the knob's last turn, whatever that one's clock said."""
        before = self.of.get(name)
        at = max(at, before.at + 1) if before else at
        turn = Turn(value, before.value if before else None, at, by[:MAX_BY], why[:MAX_WHY])
        return Turns({**self.of, name: turn})

    def merged(self, other: "Turns") -> "Turns":
        """Put two documents together: of each knob the later turn."""
        both = dict(self.of)
        for name, turn in other.of.items():
            if name not in both or _order(both[name]) < _order(turn):
                both[name] = turn
        return Turns(both)

    def lighter(self) -> "Turns | None":
        """Let go of what is told least: the oldest reset, then words; None when nothing is left."""
        resets = [name for name, turn in self.of.items() if turn.value is None]
        if len(resets) > 1:
            oldest = min(resets, key=lambda name: _order(self.of[name]))
            return Turns({name: turn for name, turn in self.of.items() if name != oldest})
        wordy = [name for name, turn in self.of.items() if turn.by or turn.why]
        if not wordy:
            return None
        oldest = min(wordy, key=lambda name: _order(self.of[name]))
        return Turns({**self.of, oldest: replace(self.of[oldest], by="", why="")})


def _order(turn: Turn) -> tuple[int, str, str, str, str]:
    """Order turns so that everybody who compares two prefers the same one."""
    return turn.at, turn.by, turn.why, repr(turn.value), repr(turn.was)
