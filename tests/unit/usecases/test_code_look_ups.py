"""A module that dumps know by its code only: its place is asked for once, then its symbols."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.misses import News
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_needs import Need, NeedState
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Failed, Found, Reason
from moonwalk.domain.task import Answer, Status
from moonwalk.metrics import Metric
from moonwalk.usecases.symbol_needs import MOST
from tests.builders import CRASH_ID, NOW, entry, task
from tests.fakes import walked
from tests.symbol_texts import ASKED_BY_CODE, BY_CODE, PLACE, TEXT
from tests.unit.usecases import test_ask_again, test_meet_need, test_symbol_needs
from tests.unit.usecases.test_meet_need import BUSY, DOWN, FOUND, HTML, KEY, TextSource
from tests.unit.usecases.test_symbol_needs import NEED, WITH, WITHOUT

CODE = CodeKey.of(BY_CODE, "default")
CODE_NEED = Need(CODE, BY_CODE.code_file, BY_CODE.code_id)
BARE = replace(WITHOUT, module=BY_CODE)


class Asking(test_symbol_needs.Asking):
    """Crashes with a module that the dump knows by its code only, until the walker is told more."""

    def __init__(self) -> None:
        super().__init__()
        self.modules = (BARE,)

    def _result(self) -> WalkResult:
        told = self.walker.told[-1] or {}
        if told.get(ASKED_BY_CODE) != PLACE.path:
            return replace(walked(), modules=self.modules)
        touched = WITH if KEY in self.packs.packs else WITHOUT
        return replace(walked(), modules=(touched,))

    def told(self) -> None:
        self.places.keep(CODE, PLACE)
        self.needs.forget(CODE)

    def told_and_packed(self) -> None:
        self.told()
        self.pack()


@pytest.fixture
def world() -> Asking:
    return Asking()


def test_symbols_that_come_in_time_are_walked_with_their_place(
    world: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "meanwhile", world.told_and_packed)
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert world.queue.sent == [CODE_NEED]
    assert world.walker.told == [None, {ASKED_BY_CODE: PLACE.path}]
    assert world.incomplete is None


def test_a_place_that_is_known_is_not_asked_for_and_its_symbols_are(world: Asking) -> None:
    world.told()
    assert world.process(task()) == Answer(Status.PROVISIONAL, "symbols_pending")
    assert world.queue.sent == [NEED]
    assert world.incomplete[0]["debug_id"] == PLACE.debug_id
    assert len(world.walker.walks) == 1


def test_symbols_of_a_known_place_that_are_packed_are_not_waited_for(world: Asking) -> None:
    world.told_and_packed()
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert (world.queue.sent, world.pauses, len(world.walker.walks)) == ([], [], 2)


def test_a_place_that_nobody_tells_in_time_makes_a_crash_provisional(world: Asking) -> None:
    for _ in range(3):
        world.fake_ledger.entries[CRASH_ID] = entry()
        assert world.process(task()) == Answer(Status.PROVISIONAL, "symbols_pending")
    [lacking] = world.incomplete
    assert (lacking["code_file"], lacking["debug_id"]) == ("lib.so", None)
    assert world.queue.sent == [CODE_NEED]


def test_a_code_id_that_no_source_knows_is_complete_without_a_wait(world: Asking) -> None:
    for name in ("a", "b"):
        world.memory.remember(CODE.file, name, Remembered(Absent(), NOW + 3600))
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert (world.queue.sent, world.pauses, world.incomplete) == ([], [], None)


def test_a_look_up_whose_answer_is_of_no_use_is_no_absence(world: Asking) -> None:
    world.memory.remember(CODE.file, "a", Remembered(Absent(), NOW + 3600))
    bad = Failed(Reason.BAD_ANSWER, "it points nowhere")
    world.memory.remember(CODE.file, "b", Remembered(bad, NOW + 300))
    assert world.process(task()) == Answer(Status.PROVISIONAL, "symbols_failing")
    assert world.incomplete[0]["detail"] == "b: bad_answer"


def test_symbols_that_no_source_has_at_the_place_that_was_told_are_missing(world: Asking) -> None:
    world.told()
    world.knows("a", "b")
    assert world.process(task()) == Answer(Status.PROCESSED)
    assert (world.queue.sent, len(world.walker.walks)) == ([], 1)


def test_a_dump_of_thousands_of_code_files_has_some_looked_up_and_ends(world: Asking) -> None:
    names = [LoadedModule("", "", f"lib{number}.so", "ab") for number in range(10 * MOST)]
    world.modules = tuple(replace(WITHOUT, module=name) for name in names)
    for name in names[::2]:
        world.places.keep(CodeKey.of(name, "default"), PLACE)
    world.pack()
    assert world.process(task()).status is Status.PROVISIONAL
    assert len(world.walker.walks) <= 4
    assert len(world.queue.sent) <= 5 * MOST


class Meeting(test_meet_need.Meeting):
    """Sources that may know code files."""

    def deliver_code(self, *, identity: str = "m1", tries: int = 1) -> Any:
        return self.deliver(CODE_NEED, identity=identity, tries=tries)


def knowing(
    *answers: Found | Failed | Absent, known: SymbolPlace | Absent | Failed = PLACE
) -> TextSource:
    source = TextSource("a", *answers)
    source.known = known
    return source


def test_what_a_server_tells_is_kept_then_fetched_and_packed_and_all_who_wait_are_told() -> None:
    source = knowing(FOUND)
    meeting = Meeting(source)
    assert meeting.deliver_code() is None
    assert meeting.told.places == {CODE: PLACE}
    assert meeting.store.pack_bytes(KEY) == b"pack of " + TEXT
    assert meeting.arrivals.news.keys() == {(KEY, News.PACKED), (CODE, News.PACKED)}
    assert meeting.needs.states == {}
    assert meeting.metrics.total(Metric.SYMBOL_NEEDS) == 1
    meeting.deliver_code(identity="m2")
    assert (source.look_ups, source.fetches) == (1, 1)


def test_a_code_id_that_no_source_knows_is_remembered_apart_from_files() -> None:
    source = knowing(FOUND, known=Absent())
    meeting = Meeting(source)
    for identity in ("m1", "m2"):
        assert meeting.deliver_code(identity=identity) is None
    assert meeting.arrivals.news.keys() == {(CODE, News.ABSENT)}
    assert meeting.memory.recall(CODE.file).keys() == {"a"}
    assert meeting.memory.recall(SymbolPlace("lib.so", "ABCDEF01", "lib.so.sym")) == {}
    assert (source.look_ups, source.fetches) == (1, 0)
    assert (meeting.needs.states, meeting.told.places) == ({}, {})


def test_a_source_without_the_symbols_that_it_told_of_ends_the_waiting() -> None:
    meeting = Meeting(knowing())
    assert meeting.deliver_code() is None
    assert meeting.arrivals.news.keys() == {(KEY, News.ABSENT), (CODE, News.ABSENT)}
    assert meeting.outcomes("absent") == 1


@pytest.mark.parametrize("failed", [DOWN, BUSY])
def test_a_look_up_that_fails_is_tried_again_and_is_no_absence(failed: Failed) -> None:
    source = knowing(FOUND, known=failed)
    meeting = Meeting(source)
    assert meeting.deliver_code() is not None
    state = meeting.needs.states[CODE]
    assert state.failing
    assert state.failing.reason is failed.reason
    assert not state.is_held(NOW)
    assert meeting.arrivals.news == {}
    source.known = PLACE
    assert meeting.deliver_code(tries=2) is None
    assert meeting.store.pack_bytes(KEY)


def test_symbols_that_fail_after_their_place_was_told_are_fetched_without_asking_again() -> None:
    source = knowing(DOWN, FOUND)
    meeting = Meeting(source)
    assert meeting.deliver_code() is not None
    assert meeting.needs.states.keys() == {KEY}
    assert meeting.deliver_code(tries=2) is None
    assert (source.look_ups, meeting.store.pack_bytes(KEY)) == (1, b"pack of " + TEXT)
    assert (CODE, News.PACKED) in meeting.arrivals.news


def test_a_look_up_that_leads_nowhere_is_remembered_and_not_tried_again() -> None:
    meeting = Meeting(knowing(known=HTML))
    assert meeting.deliver_code() is None
    assert meeting.outcomes("unusable") == 1
    assert meeting.memory.recall(CODE.file)["a"].answer == HTML


def test_while_one_message_looks_up_another_one_goes() -> None:
    meeting = Meeting(knowing(FOUND))
    meeting.needs.states[CODE] = NeedState(NOW, "m0", NOW + 900)
    assert meeting.deliver_code() is None
    assert meeting.outcomes("taken") == 1
    assert meeting.fetches == [0]


def test_a_failing_world_gives_the_lease_of_a_look_up_back(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting(knowing(FOUND))
    monkeypatch.setattr(meeting.memory, "recall", fail)
    assert meeting.deliver_code() is not None
    assert not meeting.needs.states[CODE].is_held(NOW)


def fail(*_given: object) -> Any:
    raise RetryLater(RetryCode.THROTTLED, "slow down")


@pytest.mark.parametrize("news", News)
def test_who_waits_for_a_code_file_is_told_when_its_symbols_come_by_another_way(
    news: News,
) -> None:
    asking = test_ask_again.Asking()
    asking.wait_for(CODE_NEED)
    asking.round()
    assert asking.queue.sent == [CODE_NEED]
    assert asking.told(CODE) is None
    asking.places.keep(CODE, PLACE)
    come: dict[News, Callable[[], None]] = {
        News.PACKED: lambda: asking.pack(KEY),
        News.ABSENT: lambda: asking.memory.remember(
            PLACE, "server", Remembered(Absent(), NOW + 3600)
        ),
    }
    come[news]()
    asking.round()
    assert asking.told(CODE) is news
    assert asking.modules.waiting == {}
