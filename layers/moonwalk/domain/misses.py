"""Crashes that missed symbols, and the news for which they wait.

Missing, pending and failing are one mechanism. A crash leaves a miss for each module whose symbols
its walk was without. When there is news of these symbols, the crashes that missed them are walked
again, each once for the run that missed them: its fence says which that was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.ledger import Fence
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import SymbolKey


class News(StrEnum):
    """What became known of symbols that crashes missed."""

    PACKED = "packed"
    """They are in the store: all who missed them are walked again."""
    ABSENT = "absent"
    """No source has them: results that were provisional for them are complete without."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A run of a crash that was without the symbols of one module.

    Attributes:
        fence: of the run; one more run is due to this one, and to none that came after it.
        provisional: whether the result was published as one that may become better.
    """

    key: SymbolKey
    crash_id: CrashId
    fence: Fence
    provisional: bool

    @property
    def run(self) -> tuple[CrashId, int]:
        """Which run it was: misses of several modules are one run's."""
        return self.crash_id, self.fence.attempt


@dataclass(frozen=True, slots=True)
class Arrival:
    """News of symbols whose crashes are not all released yet; times are seconds since the epoch.

    Attributes:
        due_at: when the first of them may go.
        told: how often there was such news; who read a smaller number has not seen all of it.
        released: how many crashes were sent already.
    """

    key: SymbolKey
    news: News
    due_at: float
    told: int = 1
    released: int = 0


@dataclass(frozen=True, slots=True)
class Missed:
    """A module and how many crashes were without its symbols."""

    need: Need
    crashes: int


@dataclass(frozen=True, slots=True)
class MostMissed:
    """Modules, those that most crashes missed first.

    Attributes:
        complete: whether all counts were read; there is a limit to what that may cost.
    """

    modules: Sequence[Missed]
    complete: bool


class Drop(StrEnum):
    """Why a crash is not walked again although there is news."""

    AGE = "age"
    """It is older than anybody would look at."""
    CAP = "cap"
    """So many newer ones missed the same."""
    RUNS = "runs"
    """It was walked so often that one more would not help either."""


@dataclass(frozen=True, slots=True)
class ReleaseRules:
    """Which crashes are walked again.

    Attributes:
        per_module: crashes that are sent for the news of one module, the newest first.
        days: of age that a crash may have.
        runs: that a crash may have had.
    """

    per_module: int
    days: float
    runs: int = 25

    def drop(self, miss: Miss, released: int, now: float) -> Drop | None:
        """Tell why a crash stays as it is; None for one that is to be walked again.

        Args:
            miss: what the crash left.
            released: how many crashes were sent for the same news.
            now: seconds since the epoch.
        """
        if now - miss.fence.since / 1000 > self.days * 86_400:
            return Drop.AGE
        if miss.fence.attempt >= self.runs:
            return Drop.RUNS
        return Drop.CAP if released >= self.per_module else None
