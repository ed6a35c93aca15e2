"""What one run of a crash took, step by step: told as metrics, and kept in the ledger."""

from dataclasses import dataclass, field
from enum import StrEnum

from moonwalk.domain.walk_cost import Spent


class RunStep(StrEnum):
    """The steps of a run; together they are the run, whatever was done side by side."""

    FETCH = "fetch"
    """The raw crash, and of dumps that are walked side by side the one that took longest."""
    WALK = "walk"
    SYMBOLS = "symbols"
    """Asking for symbols that walks were without, and waiting for them."""
    RULES = "rules"
    SAVE = "save"
    """Publishing, telling, writing misses down."""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run took.

    Attributes:
        seconds: of each step.
        spent: by all its walks, those that were done again because symbols came included.
        dollars: what it cost, estimated.
    """

    seconds: dict[RunStep, float] = field(default_factory=dict)
    spent: Spent = Spent()  # noqa: RUF009 - frozen
    dollars: float = 0.0

    @property
    def total(self) -> float:
        """Seconds from the run's start to its end."""
        return sum(self.seconds.values())
