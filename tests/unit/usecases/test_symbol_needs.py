"""What walks were without is asked for once, waited for a little, and never silently lacking."""

from dataclasses import replace
from typing import Any

import pytest

from moonwalk.adapters.sources.in_process import ProcessMemory
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import State
from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_needs import Failing, Need, NeedState
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.symbol_sources import Absent, Failed, Reason
from moonwalk.domain.symbols import FINE, PackFacts, StoredPack, SymbolKey
from moonwalk.domain.task import Answer, Status
from moonwalk.domain.touched_modules import Symbols, TouchedModule
from moonwalk.metrics import Metric
from moonwalk.usecases.process import Process
from moonwalk.usecases.symbol_needs import MOST, AskForSymbols
from moonwalk.usecases.symbol_standing import AskOnce
from tests.builders import CRASH_ID, NOW, entry, task
from tests.fakes import FakeSymbolStore, walked
from tests.fakes.symbol_needs import FakeSymbolNeeds, FakeSymbolRequests, FakeToldPlaces
from tests.symbol_texts import DEBUG_ID, MODULE, PLACE
from tests.unit.usecases.world import World

KEY = SymbolKey.at("default", PLACE)
NEED = Need(KEY, MODULE.code_file, MODULE.code_id)
BUDGET = 10.0
KILL = 120.0
DOWN = Failing("a", Reason.SERVER_ERROR, "it answered 503")
WITHOUT = TouchedModule(MODULE, Symbols.MISSING, "", on_stack=True, crashing=True)
WITH = replace(WITHOUT, symbols=Symbols.PACK)


class Asking(World):
    """A pipeline whose crashes ask for symbols.

    Attributes:
        meanwhile: called at each pause of the waiting.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fake_ledger.entries[CRASH_ID] = entry()
        self.needs, self.queue = FakeSymbolNeeds(), FakeSymbolRequests()
        self.places = FakeToldPlaces()
        self.memory, self.packs = ProcessMemory(), FakeSymbolStore()
        self.modules: tuple[TouchedModule, ...] = (WITHOUT,)
        self.walker.result = lambda _content: self._result()
        self.pauses: list[float] = []
        self.process = self.asking()

    def asking(self, *, all_stacks: bool = False) -> Process:
        once = AskOnce(
            scope="default",
            sources=frozenset({"a", "b"}),
            needs=self.needs,
            told=self.places,
            memory=self.memory,
            requests=self.queue,
            store=self.packs,
            clock=self.clock,
            metrics=self.metrics,
        )
        ask = AskForSymbols(
            ask=once,
            clock=self.clock,
            metrics=self.metrics,
            sleep=self._sleep,
            budget=BUDGET,
            kill_seconds=KILL,
            walks_at_once=2,
            all_stacks=all_stacks,
        )
        return replace(self.process, ask_for_symbols={"default": ask}, all_stacks=all_stacks)

    def meanwhile(self) -> None: ...

    def pack(self, verdict: str = FINE, origin: str = "") -> None:
        facts = PackFacts("sha", 10, verdict)
        self.packs.packs[KEY] = StoredPack("etag", facts, "", "", "", 1, origin), b"pack"

    def knows(self, *names: str, answer: Absent | Failed = Absent()) -> None:  # noqa: B008 - frozen
        for name in names:
            self.memory.remember(PLACE, name, Remembered(answer, NOW + 3600))

    def _result(self) -> WalkResult:
        packed = KEY in self.packs.packs and not self.packs.packs[KEY][0].facts.corrupt
        found = {WITHOUT: WITH} if packed else {}
        return replace(walked(), modules=tuple(found.get(one, one) for one in self.modules))

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(seconds)
        self.meanwhile()

    @property
    def incomplete(self) -> Any:
        processed = self.store.processed(CRASH_ID)
        assert processed
        return processed.get("symbols_incomplete")


@pytest.fixture
def world() -> Asking:
    return Asking()


def test_symbols_that_come_in_time_make_a_crash_complete(
    world: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "meanwhile", world.pack)
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert world.queue.sent == [NEED]
    assert len(world.walker.walks) == 2
    assert world.incomplete is None
    assert world.entry.state is State.PROCESSED
    assert sum(world.pauses) < BUDGET
    assert world.metrics.total(Metric.SYMBOLS_ASKED) == 1


def test_symbols_that_do_not_come_in_time_make_it_provisional(world: Asking) -> None:
    assert world.process(task()) == Answer(Status.PROVISIONAL, "symbols_pending")
    [lacking] = world.incomplete
    assert (lacking["debug_file"], lacking["debug_id"]) == (MODULE.debug_file, MODULE.debug_id)
    assert lacking["reason"] == "pending"
    assert world.entry.state is State.PROVISIONAL
    assert world.entry.result
    assert world.entry.result.reason == "symbols_pending"
    assert sum(world.pauses) == pytest.approx(BUDGET)
    assert len(world.walker.walks) == 1
    assert world.metrics.total(Metric.INCOMPLETE, reason="pending") == 1


@pytest.mark.parametrize(("left", "waited"), [(KILL + 25.0, 5.0), (KILL + 20.0, 0.0), (1.0, 0.0)])
def test_nobody_waits_for_longer_than_leaves_time_for_another_walk(
    world: Asking, left: float, waited: float
) -> None:
    answer = world.process(task(), deadline=NOW + left)
    assert answer == Answer(Status.PROVISIONAL, "symbols_pending")
    assert sum(world.pauses) == pytest.approx(waited)


def test_symbols_that_come_when_no_time_is_left_are_for_the_next_run(world: Asking) -> None:
    world.pack()
    world.walker.result = lambda _content: replace(walked(), modules=world.modules)
    answer = world.process(task(), deadline=NOW + KILL)
    assert answer == Answer(Status.PROVISIONAL, "symbols_pending")
    assert len(world.walker.walks) == 1
    [lacking] = world.incomplete
    assert "no time was left" in lacking["detail"]


def test_who_asks_reads_the_need_once(world: Asking) -> None:
    methods: list[str] = []
    world.needs.before = methods.append
    world.process(task(), deadline=NOW)
    assert methods == ["read", "write"]


def test_a_module_is_asked_for_once_by_however_many_crashes(world: Asking) -> None:
    for _ in range(3):
        world.fake_ledger.entries[CRASH_ID] = entry()
        assert world.process(task()).status is Status.PROVISIONAL
    assert world.queue.sent == [NEED]


def test_known_absence_is_complete_without_a_wait_or_a_question(world: Asking) -> None:
    world.knows("a", "b")
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert (world.queue.sent, world.pauses, world.incomplete) == ([], [], None)


def test_absence_that_becomes_known_ends_the_wait(
    world: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell() -> None:
        world.knows("a", "b")
        world.needs.forget(KEY)

    monkeypatch.setattr(world, "meanwhile", tell)
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert len(world.pauses) == 1


def test_absence_from_some_of_the_sources_is_none(world: Asking) -> None:
    world.knows("a")
    assert world.process(task()).status is Status.PROVISIONAL
    assert world.queue.sent == [NEED]


def test_a_failing_source_is_told_at_once(world: Asking) -> None:
    world.needs.states[KEY] = NeedState(NOW + 1000, failing=DOWN)
    assert world.process(task()) == Answer(Status.PROVISIONAL, "symbols_failing")
    assert world.incomplete[0]["reason"] == "failing"
    assert world.incomplete[0]["detail"] == "a: server_error"
    assert (world.queue.sent, world.pauses) == ([], [])


def test_an_answer_of_no_use_is_a_failure_and_not_asked_for_again(world: Asking) -> None:
    world.knows("a")
    world.knows("b", answer=Failed(Reason.WRONG_MODULE, "it has another debug id"))
    assert world.process(task()).status is Status.PROVISIONAL
    assert world.incomplete[0]["detail"] == "b: wrong_module"
    assert world.queue.sent == []


def test_a_need_that_was_given_up_is_asked_for_anew_after_a_while(world: Asking) -> None:
    world.needs.states[KEY] = NeedState(NOW - 1, failing=DOWN)
    world.process(task())
    assert world.queue.sent == [NEED]


def test_a_pack_that_came_while_the_crash_was_walked_is_not_asked_for(
    world: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = world.memory.recall

    def recall(*given: Any) -> Any:
        world.pack()
        return real(*given)

    monkeypatch.setattr(world.memory, "recall", recall)
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert (world.queue.sent, len(world.walker.walks)) == ([], 2)


def test_a_text_from_a_server_that_the_parser_rejects_counts_as_absent(world: Asking) -> None:
    world.pack("corrupt line 1: BadLine", origin="https://symbols.example")
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert world.queue.sent == []


def test_symbols_that_are_there_and_not_found_do_not_walk_a_crash_for_ever(world: Asking) -> None:
    world.pack()
    world.walker.result = lambda _content: replace(walked(), modules=(WITHOUT,))
    assert world.process(task()) == Answer(Status.PROVISIONAL, "symbols_pending")
    assert len(world.walker.walks) <= 4


def test_only_the_crashing_thread_counts_unless_the_deployment_wants_all(world: Asking) -> None:
    world.modules = (replace(WITHOUT, crashing=False),)
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert world.queue.sent == []
    world.fake_ledger.entries[CRASH_ID] = entry()
    assert world.asking(all_stacks=True)(task()).status is Status.PROVISIONAL
    assert world.queue.sent == [NEED]


@pytest.mark.parametrize(
    "module", [LoadedModule("..", DEBUG_ID), LoadedModule("a", ""), LoadedModule("", DEBUG_ID)]
)
def test_a_module_that_can_have_no_symbols_is_not_asked_for(
    world: Asking, module: LoadedModule
) -> None:
    world.modules = (replace(WITHOUT, module=module),)
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert world.queue.sent == []


def test_a_dump_that_names_thousands_of_modules_asks_for_some(world: Asking) -> None:
    names = (LoadedModule(f"lib{number}.so", DEBUG_ID) for number in range(10 * MOST))
    world.modules = tuple(replace(WITHOUT, module=name) for name in names)
    world.process(task())
    assert len(world.queue.sent) == MOST


def test_a_question_that_cannot_be_sent_is_not_taken_for_asked(
    world: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_need: Need) -> None:
        raise RetryLater(RetryCode.UNAVAILABLE, "no queue")

    monkeypatch.setattr(world.queue, "need", fail)
    with pytest.raises(RetryLater):
        world.process(task())
    assert world.needs.states == {}
    assert world.store.processed(CRASH_ID) is None


@pytest.mark.parametrize("ask", [True, False])
def test_a_store_of_packs_that_fails_makes_a_crash_provisional(world: Asking, ask: bool) -> None:  # noqa: FBT001 - pytest's
    world.modules = (replace(WITHOUT, symbols=Symbols.FAILED, error="SourceFailed"),)
    process = world.process if ask else replace(world.process, ask_for_symbols={})
    assert process(task()) == Answer(Status.PROVISIONAL, "symbols_failing")
    assert world.incomplete[0]["detail"] == "SourceFailed"
    assert world.queue.sent == []


def test_packs_that_cannot_be_read_are_told_module_by_module(world: Asking) -> None:
    unreadable = replace(WITHOUT, symbols=Symbols.UNREADABLE, error="Checksum", crashing=False)
    outcome = Outcome.UNREADABLE_PACKS
    world.walker.result = lambda _content: replace(walked(outcome), modules=(unreadable,))
    assert world.process(task()) == Answer(Status.PROVISIONAL, outcome)
    assert [(one["reason"], one["detail"]) for one in world.incomplete] == [
        ("unreadable", "Checksum")
    ]


def test_without_sources_nothing_is_asked_and_nothing_waits(world: Asking) -> None:
    process = replace(world.process, ask_for_symbols={})
    assert process(task()) == Answer(Status.PROCESSED)
    assert (world.queue.sent, world.pauses, world.incomplete) == ([], [], None)
    assert len(world.walker.walks) == 1
