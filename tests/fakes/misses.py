"""The table of misses in memory."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.misses import Arrival, Miss, Missed, MostMissed, News
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import SymbolKey
from moonwalk.ports import Clock


class FakeMisses:
    """`Misses` whose items are an attribute.

    Attributes:
        before: called with the name of a method before it does anything; may raise, or write.
    """

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _method: None
        self.items: dict[tuple[SymbolKey, CrashId, int, bool], Miss] = {}

    def record(self, miss: Miss) -> bool:
        self.before("record")
        new = _place(miss) not in self.items
        self.items[_place(miss)] = miss
        return new

    def newest(self, key: SymbolKey, *, all_kinds: bool, limit: int) -> Sequence[Miss]:
        self.before("newest")
        found = [
            miss
            for miss in self.items.values()
            if miss.key == key and (all_kinds or miss.provisional)
        ]
        return sorted(found, key=lambda miss: miss.fence.since, reverse=True)[:limit]

    def take(self, miss: Miss) -> None:
        self.before("take")
        if self.items.get(_place(miss)) == miss:
            del self.items[_place(miss)]


def _place(miss: Miss) -> tuple[SymbolKey, CrashId, int, bool]:
    return miss.key, miss.crash_id, miss.fence.since, miss.provisional


class FakeMissedModules:
    """`MissedModules` in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[date, Counter[SymbolKey]] = defaultdict(Counter)
        self._needs: dict[SymbolKey, Need] = {}
        self.waiting: dict[SymbolKey, Need] = {}

    def count(self, need: Need, crash_id: CrashId) -> None:  # noqa: ARG002 - the port's
        self._counts[self._today()][need.key] += 1
        self._needs[need.key] = need

    def most(self, days: int) -> MostMissed:
        found = Counter[SymbolKey]()
        for back in range(days):
            found.update(self._counts[self._today() - timedelta(back)])
        listed = [Missed(self._needs[key], number) for key, number in found.most_common()]
        return MostMissed(listed, complete=True)

    def note_awaited(self, need: Need, crash_id: CrashId) -> None:  # noqa: ARG002 - the port's
        self.waiting[need.key] = need

    def awaited(self, limit: int) -> Sequence[Need]:
        return list(self.waiting.values())[:limit]

    def no_longer_awaited(self, key: SymbolKey) -> None:
        self.waiting.pop(key, None)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock.now(), UTC).date()


class FakeArrivals:
    """`Arrivals` whose news is an attribute.

    Attributes:
        before: called with the name of a method before it does anything; may raise, or tell.
    """

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _method: None
        self.news: dict[tuple[SymbolKey, News], Arrival] = {}

    def tell(self, key: SymbolKey, news: News, due_at: float) -> None:
        self.before("tell")
        there = self.news.get((key, news))
        told = replace(there, told=there.told + 1) if there else Arrival(key, news, due_at)
        self.news[key, news] = told

    def due(self, now: float, limit: int) -> Sequence[Arrival]:
        found = [arrival for arrival in self.news.values() if arrival.due_at <= now]
        return sorted(found, key=lambda each: (each.due_at, str(each.key)))[:limit]

    def released(self, arrival: Arrival, crashes: int) -> None:
        if there := self.news.get((arrival.key, arrival.news)):
            self.news[arrival.key, arrival.news] = replace(there, released=there.released + crashes)

    def done(self, arrival: Arrival) -> bool:
        self.before("done")
        there = self.news.get((arrival.key, arrival.news))
        if there and there.told != arrival.told:
            return False
        self.news.pop((arrival.key, arrival.news), None)
        return there is not None
