"""What keeping account of missed symbols needs of the world, as protocols.

Every method may raise `RetryLater` when the world fails.
"""

from collections.abc import Sequence
from typing import Protocol

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.ledger import Fence
from moonwalk.domain.misses import Arrival, Miss, MostMissed, News
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import SymbolKey


class Misses(Protocol):
    """Which crash missed which module; they go by themselves after a while."""

    def record(self, miss: Miss) -> bool:
        """Record a miss in place of what an earlier run of the crash left; say whether none had."""

    def newest(self, key: SymbolKey, *, all_kinds: bool, limit: int) -> Sequence[Miss]:
        """List misses of a module as they are now, the newest crashes first.

        Args:
            key: of the module.
            all_kinds: else those of provisional results only.
            limit: how many at most.
        """

    def take(self, miss: Miss) -> None:
        """Take a miss away, unless a later run of the crash has left one in its place."""


class MissedModules(Protocol):
    """What is missed, module by module, without looking at every crash."""

    def count(self, need: Need, crash_id: CrashId) -> None:
        """Count one more crash that missed a module today."""

    def most(self, days: int) -> MostMissed:
        """List what was missed today and on the days before it, so many in all."""

    def note_awaited(self, need: Need, crash_id: CrashId) -> None:
        """Note that a provisional result waits for a module."""

    def awaited(self, limit: int) -> Sequence[Need]:
        """List modules that provisional results wait for."""

    def no_longer_awaited(self, key: SymbolKey) -> None:
        """Take the notes of a module away."""


class Arrivals(Protocol):
    """News of symbols, kept until all whom it concerns are released."""

    def tell(self, key: SymbolKey, news: News, due_at: float) -> None:
        """Tell news; told again, it is due when it was first told to be."""

    def due(self, now: float, limit: int) -> Sequence[Arrival]:
        """List the news that is due, the oldest first."""

    def released(self, arrival: Arrival, crashes: int) -> None:
        """Count crashes that were sent because of it."""

    def done(self, arrival: Arrival) -> bool:
        """Take news away, unless it was told again since it was read; say whether it is gone."""


class Reprocessing(Protocol):
    """The reprocessing queue, as a place to ask for crashes whose symbols have news."""

    def symbols_came(self, crash_id: CrashId, fence: Fence) -> None:
        """Ask for a crash, unless a later run than this one has begun by then."""
