"""The first source that has the symbols wins, and no failure is ever taken for absence."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from moonwalk.adapters.sources.in_process import ProcessHealth, ProcessMemory
from moonwalk.domain.breaker import Breaker, BreakerRules
from moonwalk.domain.symbol_memory import MemoryRules
from moonwalk.domain.symbol_places import BadNameError, LoadedModule
from moonwalk.domain.symbol_sources import Absent, Answer, Failed, Found, Reason
from moonwalk.usecases.find_symbols import FindSymbols, Search
from tests.fakes import FakeClock
from tests.fakes.symbol_source import FakeSymbolSource
from tests.symbol_texts import MODULE, PLACE

FOUND = Found(10)
DOWN = Failed(Reason.SERVER_ERROR, "it answered 503")
DAMAGED = Failed(Reason.DAMAGED, "its gzip is damaged")
HTML = Failed(Reason.NOT_SYMBOLS, "it does not begin with a MODULE line")
CODE_ONLY = LoadedModule("", "0" * 33, "a.dll", "5b1a2c3d1000")
RULES = BreakerRules(failures=2, window=60, rest=300, trial=20)


@dataclass
class Bench:
    """Sources, and a search over them.

    Attributes:
        clock: of health and memory.
    """

    to: Path
    sources: list[FakeSymbolSource]
    clock: FakeClock = field(default_factory=FakeClock)
    health: ProcessHealth = field(default_factory=ProcessHealth)
    memory: ProcessMemory = field(default_factory=ProcessMemory)
    off: set[str] = field(default_factory=set)

    def find(self, module: LoadedModule = MODULE) -> Search:
        search = FindSymbols(
            sources=self.sources,
            health=self.health,
            memory=self.memory,
            clock=self.clock,
            breaker_rules=RULES,
            memory_rules=MemoryRules(absent=100, unusable=1000),
            is_off=self.off.__contains__,
        )
        return search(module, self.to)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "text", [])


def sources(bench: Bench, *made: FakeSymbolSource) -> list[FakeSymbolSource]:
    bench.sources = list(made)
    return bench.sources


def test_the_first_hit_wins_and_no_later_source_is_asked(bench: Bench) -> None:
    answers: dict[str, Answer] = {"a": Absent(), "b": FOUND, "c": FOUND}
    sources(bench, *(FakeSymbolSource(name, answer) for name, answer in answers.items()))
    found = bench.find()
    assert (found.place, found.source, found.found) == (PLACE, "b", FOUND)
    assert bench.to.read_text() == "b"
    assert [source.fetches for source in bench.sources] == [1, 1, 0]


def test_a_source_that_is_off_is_not_asked_and_no_symbols_are_taken_for_missing_because_of_it(
    bench: Bench,
) -> None:
    off, on = sources(bench, FakeSymbolSource("a", FOUND), FakeSymbolSource("b"))
    bench.off.add("a")
    search = bench.find()
    assert not search.is_missing
    assert search.failures["a"].reason is Reason.SWITCHED_OFF
    assert (off.fetches, on.fetches) == (0, 1)
    assert bench.health.read("a").is_well
    bench.off.clear()
    assert bench.find().source == "a"


def test_symbols_are_missing_only_when_every_source_says_so(bench: Bench) -> None:
    sources(bench, FakeSymbolSource("a"), FakeSymbolSource("b"))
    assert bench.find().is_missing


def test_a_hit_after_a_failure_is_a_hit(bench: Bench) -> None:
    sources(bench, FakeSymbolSource("a", DOWN), FakeSymbolSource("b", FOUND))
    assert bench.find().found == FOUND


def test_a_failure_without_a_hit_is_told_and_is_not_absence(bench: Bench) -> None:
    sources(bench, FakeSymbolSource("a", DOWN), FakeSymbolSource("b"))
    search = bench.find()
    assert not search.is_missing
    assert search.failures == {"a": DOWN}


def test_absence_is_not_asked_for_again_until_its_time_is_up_or_it_is_forgotten(
    bench: Bench,
) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", Absent()))
    assert [bench.find().is_missing for _ in range(3)] == [True, True, True]
    assert source.fetches == 1
    bench.clock.advance(101)
    bench.find()
    assert source.fetches == 2
    bench.memory.forget(PLACE)
    bench.find()
    assert source.fetches == 3


def test_a_file_of_no_use_is_told_from_memory(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", HTML))
    assert [bench.find().failures for _ in range(2)] == [{"a": HTML}] * 2
    assert source.fetches == 1


@pytest.mark.parametrize("passing", [DOWN, DAMAGED])
def test_what_may_pass_is_asked_for_again_at_once(bench: Bench, passing: Failed) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", passing, FOUND))
    assert bench.find().failures == {"a": passing}
    assert bench.find().found == FOUND
    assert source.fetches == 2


def test_a_source_that_keeps_failing_is_left_alone_and_said_to_be(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", DOWN))
    for _ in range(5):
        bench.find()
    assert source.fetches == RULES.failures
    told = bench.find().failures["a"]
    assert (told.reason, told.retry_after) == (Reason.RESTING, RULES.rest)


def test_after_its_rest_one_try_shows_that_a_source_is_well(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", DOWN, DOWN, FOUND))
    for _ in range(3):
        bench.find()
    bench.clock.advance(RULES.rest)
    assert bench.find().found == FOUND
    assert bench.health.read("a") == Breaker()
    assert source.fetches == 3


def test_while_somebody_tries_a_source_the_others_do_not(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", FOUND))
    now = bench.clock.now()
    state = Breaker(now, 0, now - 1, now + 10)
    bench.health.write("a", state, replacing=Breaker())
    assert bench.find().failures["a"].reason is Reason.RESTING
    assert source.fetches == 0


def test_one_who_loses_the_race_for_the_try_leaves_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", FOUND))
    state = Breaker(0, 0, bench.clock.now() - 1)
    bench.health.write("a", state, replacing=Breaker())
    monkeypatch.setattr(bench.health, "write", lambda *_given, **_named: False)
    assert bench.find().failures["a"].reason is Reason.RESTING
    assert source.fetches == 0


def test_a_failure_counts_although_another_was_written_first(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources(bench, FakeSymbolSource("a", DOWN))
    real, lost = bench.health.write, [True]

    def write(source: str, state: Breaker, *, replacing: Breaker) -> bool:
        return not (lost and lost.pop()) and real(source, state, replacing=replacing)

    monkeypatch.setattr(bench.health, "write", write)
    bench.find()
    assert bench.health.read("a").failures == 1


def test_damage_of_one_file_does_not_count_against_the_source(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", DAMAGED))
    for _ in range(5):
        bench.find()
    assert source.fetches == 5


def test_a_module_known_by_its_code_only_is_looked_up_first(bench: Bench) -> None:
    first, second = sources(bench, FakeSymbolSource("a"), FakeSymbolSource("b", FOUND))
    second.known = PLACE
    search = bench.find(CODE_ONLY)
    assert (search.place, search.source) == (PLACE, "b")
    assert first.look_ups == second.look_ups == 1


def test_a_module_that_no_source_knows_by_its_code_is_missing(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", FOUND))
    assert bench.find(CODE_ONLY).is_missing
    assert source.fetches == 0


def test_that_no_source_knows_a_code_id_is_remembered_for_its_time(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", FOUND))
    for _ in range(2):
        assert bench.find(CODE_ONLY).is_missing
    assert source.look_ups == 1
    bench.clock.advance(101)
    assert bench.find(CODE_ONLY).is_missing
    assert source.look_ups == 2


def test_a_failing_look_up_by_code_is_not_absence(bench: Bench) -> None:
    first, _ = sources(bench, FakeSymbolSource("a"), FakeSymbolSource("b"))
    first.known = DOWN
    search = bench.find(CODE_ONLY)
    assert search.failures == {"a": DOWN}
    assert not search.is_missing


def test_a_module_without_a_usable_name_reaches_no_source(bench: Bench) -> None:
    (source,) = sources(bench, FakeSymbolSource("a", FOUND))
    with pytest.raises(BadNameError):
        bench.find(LoadedModule("..", MODULE.debug_id))
    assert source.fetches == 0
