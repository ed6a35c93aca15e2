"""Meets a need: fetches symbols from a source and packs them, once for the whole deployment.

Of the messages that ask for the same symbols one gets the lease; the others go, as that one stays
in the queue until it has come to an end. A pack is stored only where none is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics
from moonwalk.symbol_ports import SymbolNeeds, SymbolStore, ToldPlaces
from moonwalk.usecases.dispatch import Later
from moonwalk.usecases.find_symbols import FindSymbols
from moonwalk.usecases.leases import Leases
from moonwalk.usecases.need_ends import End, Met, SourcesFailed
from moonwalk.usecases.pack_from_sources import PackFromSources
from moonwalk.usecases.symbol_arrival import SymbolArrival

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetNeed:
    """Handles one need.

    Attributes:
        searches: over the sources of each scope that has any.
        arrived: told of symbols that have come, and of those that no source has.
        leases: of needs, by which one process at a time is at each.
    """

    searches: Mapping[str, FindSymbols]
    needs: SymbolNeeds
    told: ToldPlaces
    arrived: SymbolArrival
    store: SymbolStore
    metrics: Metrics
    leases: Leases
    pack: PackFromSources
    failed: SourcesFailed

    def __call__(self, need: Need, message: Message) -> Later | None:
        """Fetch and pack what is needed, unless that is done or somebody is at it.

        Returns:
            None when the message can go, else when to show it again.

        Raises:
            RetryLater: when the world fails; the lease is given back then.
        """
        met, later = self._met(need, message)
        self.metrics.add(Metric.SYMBOL_NEEDS, outcome=met)
        return later

    def _met(self, need: Need, message: Message) -> End:
        key = need.key
        search = self.searches.get(key.scope)
        if search is None:
            self.arrived.absent(key)
            return Met.NO_SOURCES, None
        if isinstance(key, CodeKey):
            return self._met_by_code(need, key, search, message)
        if self.store.pack(key):
            self.arrived(key)
            return Met.THERE, None
        if not self.leases.take(key, message.id):
            return Met.TAKEN, None
        return self._leased(key, lambda: self.pack(need, search, message))

    def _leased(self, key: SymbolKey, work: Callable[[], T]) -> T:
        """Do something under a lease, which is given back when the world fails."""
        try:
            return work()
        except RetryLater:
            self.leases.give_back(key)
            raise
        finally:
            self.leases.drop(key)

    def _met_by_code(self, need: Need, key: CodeKey, search: FindSymbols, message: Message) -> End:
        """Find out what is needed, and meet that; whoever waits for either is told how it ended."""
        place = self.told.place(key)
        if place is None:
            if not self.leases.take(key, message.id):
                return Met.TAKEN, None
            placed = self._leased(key, lambda: self._placed(key, search, message))
            if not isinstance(placed, SymbolPlace):
                return placed
            place = placed
        met, later = self._met(need.at(place), message)
        if met in {Met.PACKED, Met.THERE}:
            self.arrived(key)
        elif met is Met.ABSENT:
            self.arrived.absent(key)
        return met, later

    def _placed(self, key: CodeKey, search: FindSymbols, message: Message) -> SymbolPlace | End:
        """Ask where the symbols of a code file are, and keep what was told."""
        placed = search.place(key.module)
        if placed.place:
            self.told.keep(key, placed.place)
            self.needs.forget(key)
            return placed.place
        if placed.is_missing:
            self.arrived.absent(key)
            return Met.ABSENT, None
        return self.failed(key, placed.failures, message)
