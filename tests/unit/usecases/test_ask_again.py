"""Symbols that crashes wait for are asked for until there is news; what is missed most, as well."""

import pytest

from moonwalk.adapters.sources.in_process import ProcessMemory
from moonwalk.domain.misses import News
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_needs import Need, NeedState
from moonwalk.domain.symbol_sources import Absent, Failed, Reason
from moonwalk.domain.symbols import FINE, PackFacts, StoredPack, SymbolKey, symbol_key
from moonwalk.usecases.ask_again import AskAgain
from moonwalk.usecases.symbol_standing import AskOnce
from tests.builders import NOW, crash_id
from tests.fakes import FakeClock, FakeMetrics, FakeSymbolStore
from tests.fakes.misses import FakeArrivals, FakeMissedModules
from tests.fakes.symbol_needs import FakeSymbolNeeds, FakeSymbolRequests, FakeToldPlaces

AFTER = 70.0
SCOPE = "default"


def lib(number: int, scope: str = SCOPE) -> Need:
    key = symbol_key(f"lib{number}.so", f"{number:033X}", scope)
    return Need(key, f"/usr/lib/lib{number}.so", f"{number:08x}")


class Asking:
    """An asker over fakes; one scope has a source."""

    def __init__(self, *, pre_pack: bool = True, pre_packed: int = 2) -> None:
        self.clock = FakeClock(NOW)
        self.needs, self.queue = FakeSymbolNeeds(), FakeSymbolRequests()
        self.places = FakeToldPlaces()
        self.memory, self.packs = ProcessMemory(), FakeSymbolStore()
        self.modules, self.arrivals = FakeMissedModules(self.clock), FakeArrivals()
        once = AskOnce(
            scope=SCOPE,
            sources=frozenset({"server"}),
            needs=self.needs,
            told=self.places,
            memory=self.memory,
            requests=self.queue,
            store=self.packs,
            clock=self.clock,
            metrics=FakeMetrics(),
        )
        self.round = AskAgain(
            ask={SCOPE: once},
            modules=self.modules,
            arrivals=self.arrivals,
            clock=self.clock,
            pre_pack=frozenset({SCOPE} if pre_pack else ()),
            pre_packed=pre_packed,
            after=AFTER,
            seconds=225,
        )

    def pack(self, key: SymbolKey, verdict: str = FINE, origin: str = "") -> None:
        facts = PackFacts("sha", 10, verdict)
        self.packs.packs[key] = StoredPack("etag", facts, "", "", "", 1, origin), b"pack"

    def answered(self, key: SymbolKey, answer: Absent | Failed) -> None:
        self.memory.remember(key.file, "server", Remembered(answer, NOW + 3600))

    def wait_for(self, need: Need) -> None:
        self.modules.note_awaited(need, crash_id())

    def missed(self, need: Need, times: int) -> None:
        for number in range(times):
            self.modules.count(need, crash_id(number))

    def told(self, key: SymbolKey) -> News | None:
        found = [news for place, news in self.arrivals.news if place == key]
        return found[0] if found else None


@pytest.fixture
def world() -> Asking:
    return Asking()


def test_what_crashes_wait_for_is_asked_for_when_nobody_does(world: Asking) -> None:
    given_up = NeedState(NOW - 1)
    world.wait_for(lib(1))
    world.needs.states[lib(1).key] = given_up
    assert world.round() == 1
    assert world.queue.sent == [lib(1)]
    world.round()
    assert world.queue.sent == [lib(1)]
    assert world.modules.waiting
    assert world.arrivals.news == {}


def test_a_source_whose_answer_is_of_no_use_is_asked_when_that_is_forgotten(world: Asking) -> None:
    world.wait_for(lib(1))
    world.answered(lib(1).key, Failed(Reason.WRONG_MODULE, "another id"))
    world.round()
    assert world.queue.sent == []
    world.clock.advance(3601)
    world.round()
    assert world.queue.sent == [lib(1)]


def test_symbols_that_are_packed_are_told_and_no_longer_awaited(world: Asking) -> None:
    world.wait_for(lib(1))
    world.pack(lib(1).key)
    world.round()
    assert world.told(lib(1).key) is News.PACKED
    assert [arrival.due_at for arrival in world.arrivals.news.values()] == [NOW + AFTER]
    assert world.modules.waiting == {}


def test_symbols_that_no_source_has_end_the_waiting(world: Asking) -> None:
    corrupt, elsewhere = lib(2), lib(3, "thunderbird")
    for need in (lib(1), corrupt, elsewhere):
        world.wait_for(need)
    world.answered(lib(1).key, Absent())
    world.pack(corrupt.key, "corrupt line 3: BadLine", "https://server/")
    world.round()
    assert {world.told(need.key) for need in (lib(1), corrupt, elsewhere)} == {News.ABSENT}
    assert world.modules.waiting == {}
    assert world.queue.sent == []


def test_what_most_crashes_missed_is_asked_for_first_and_no_more_than_is_set(
    world: Asking,
) -> None:
    for number in range(1, 6):
        world.missed(lib(number), times=number)
    world.pack(lib(5).key)
    world.answered(lib(3).key, Absent())
    world.missed(lib(9, "thunderbird"), times=9)
    assert world.round() == 2
    assert world.queue.sent == [lib(4)]


@pytest.mark.parametrize("world", [Asking(pre_pack=False), Asking(pre_packed=0)])
def test_without_symbol_servers_or_by_setting_nothing_is_packed_ahead(world: Asking) -> None:
    world.missed(lib(1), times=3)
    assert world.round() == 0
    assert world.queue.sent == []


def test_a_round_ends_in_time(world: Asking) -> None:
    for number in range(1, 9):
        world.wait_for(lib(number))
    world.needs.before = lambda method: world.clock.advance(100) if method == "write" else None
    assert world.round() == 3
