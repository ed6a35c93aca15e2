"""A need is met once: fetched from a source, packed, stored where none was; or it says why not."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from moonwalk.contracts.symbol_requests import encode_need
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.misses import Arrival, News
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import Failing, Need, NeedState
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Answer, Failed, Found, Reason
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.symbol_ports import NewPack
from moonwalk.usecases.dispatch import Later
from moonwalk.usecases.need_ends import GIVEN_UP_FOR
from tests.builders import NOW
from tests.fakes.symbol_source import FakeSymbolSource
from tests.symbol_texts import MODULE, PLACE, TEXT
from tests.unit.usecases.packer_world import AFTER, LEASE, MAX_TRIES, PackerWorld
from tests.unit.usecases.world import TemporaryScratch

KEY = SymbolKey.at("default", PLACE)
NEED = Need(KEY, MODULE.code_file, MODULE.code_id)
ORIGIN = "https://symbols.example"
FOUND = Found(len(TEXT), origin=ORIGIN)
DOWN = Failed(Reason.SERVER_ERROR, "it answered 503")
BUSY = Failed(Reason.THROTTLED, "it answered 429", retry_after=77.0)
HTML = Failed(Reason.NOT_SYMBOLS, "it does not begin with a MODULE line")


class TextSource(FakeSymbolSource):
    """A source whose hits are a real text.

    Attributes:
        during: called while a file is fetched.
    """

    during: Callable[[], object] = staticmethod(lambda: None)
    text = TEXT

    def fetch(self, place: SymbolPlace, module: LoadedModule, to: Path) -> Answer:
        assert module == MODULE
        self.during()
        answer = super().fetch(place, module, to)
        if isinstance(answer, Found):
            to.write_bytes(self.text)
        return answer


class Meeting(PackerWorld):
    """The symbol queue's use case over fakes."""

    def __init__(self, *sources: TextSource) -> None:
        super().__init__(sources)
        self.sources = list(sources)

    def deliver(self, need: Need = NEED, *, identity: str = "m1", tries: int = 1) -> Later | None:
        body = json.dumps(encode_need(need))
        return self.handle(body, Message(identity, self.clock.now(), tries))

    def outcomes(self, outcome: str) -> float:
        return self.metrics.total(Metric.SYMBOL_NEEDS, outcome=outcome)

    @property
    def fetches(self) -> list[int]:
        return [source.fetches for source in self.sources]


def test_what_a_source_has_is_packed_with_its_origin_and_the_lease_is_gone() -> None:
    meeting = Meeting(TextSource("a", FOUND))
    assert meeting.deliver() is None
    content = meeting.store.pack_bytes(KEY)
    stored = meeting.store.packs[KEY][0]
    assert content == b"pack of " + TEXT
    assert (stored.origin, stored.uploader, stored.upload_etag) == (ORIGIN, "source a", "")
    assert meeting.needs.states == {}
    assert meeting.arrivals.news == {(KEY, News.PACKED): Arrival(KEY, News.PACKED, NOW + AFTER)}
    assert meeting.outcomes("packed") == 1
    assert meeting.metrics.total(Metric.SYMBOL_TEXT) == len(TEXT)


def test_what_is_packed_already_is_not_fetched_and_its_absence_forgotten() -> None:
    meeting = Meeting(TextSource("a", FOUND))
    meeting.deliver()
    meeting.needs.states[KEY] = NeedState(NOW + 10)
    assert meeting.deliver(identity="m2") is None
    assert (meeting.fetches, meeting.needs.states) == ([1], {})
    assert meeting.outcomes("there") == 1


def test_while_one_message_is_at_it_another_one_goes() -> None:
    source = TextSource("a", FOUND)
    meeting = Meeting(source)
    source.during = lambda: meeting.deliver(identity="m2")
    assert meeting.deliver() is None
    assert (meeting.fetches, meeting.packer.packed) == ([1], [TEXT])
    assert meeting.outcomes("taken") == 1


def test_a_lease_of_a_packer_that_died_is_taken_over_when_it_is_over() -> None:
    meeting = Meeting(TextSource("a", FOUND))
    meeting.needs.states[KEY] = NeedState(NOW, "m1", NOW + LEASE)
    assert meeting.deliver() is not None
    assert meeting.fetches == [0]
    meeting.clock.advance(LEASE)
    assert meeting.deliver(tries=2) is None
    assert meeting.outcomes("packed") == 1


def test_a_lease_that_is_renewed_lasts_as_long_as_the_packing_and_is_gone_after_it() -> None:
    source = TextSource("a", FOUND)
    meeting = Meeting(source)

    def take_long() -> None:
        for _ in range(5):
            meeting.clock.advance(LEASE / 2)
            meeting.leases.renew()
        assert meeting.deliver(identity="m2") is None

    source.during = take_long
    assert meeting.deliver() is None
    assert (meeting.fetches, meeting.outcomes("taken")) == ([1], 1)
    assert meeting.needs.states == {}
    meeting.leases.renew()
    assert meeting.needs.states == {}


def test_a_renewed_lease_is_given_back_when_the_world_fails() -> None:
    source = TextSource("a", FOUND)
    meeting = Meeting(source)

    def fail() -> None:
        meeting.clock.advance(LEASE / 2)
        meeting.leases.renew()
        raise RetryLater(RetryCode.UNAVAILABLE, "no route")

    source.during = fail
    assert meeting.deliver() is not None
    assert not meeting.needs.states[KEY].is_held(meeting.clock.now())


def test_a_worker_that_ends_gives_its_leases_to_whoever_comes_next() -> None:
    source = TextSource("a", FOUND)
    meeting = Meeting(source)

    def end() -> None:
        meeting.leases.give_all_back()
        assert not meeting.needs.states[KEY].is_held(meeting.clock.now())

    source.during = end
    meeting.deliver()


def test_a_lease_that_somebody_else_took_over_is_not_taken_back() -> None:
    source = TextSource("a", FOUND)
    meeting = Meeting(source)
    theirs = NeedState(NOW, "m2", NOW + 10 * LEASE)

    def lose() -> None:
        meeting.needs.states[KEY] = theirs
        meeting.leases.renew()
        meeting.leases.renew()
        assert meeting.needs.states[KEY] == theirs

    source.during = lose
    meeting.deliver()


def test_a_renewal_whose_answer_was_lost_does_not_lose_the_lease() -> None:
    source = TextSource("a", FOUND)
    meeting = Meeting(source)

    def lose_answer() -> None:
        meeting.needs.states[KEY] = meeting.needs.states[KEY].held("m1", NOW + 2 * LEASE)
        for _ in range(3):
            meeting.clock.advance(LEASE * 3 / 4)
            meeting.leases.renew()
        assert meeting.needs.states[KEY].is_held(meeting.clock.now() + LEASE / 2)

    source.during = lose_answer
    meeting.deliver()


def test_what_no_source_has_is_remembered_and_the_message_goes() -> None:
    meeting = Meeting(TextSource("a"), TextSource("b"))
    assert meeting.deliver() is None
    assert meeting.memory.recall(PLACE).keys() == {"a", "b"}
    assert meeting.needs.states == {}
    assert meeting.arrivals.news == {(KEY, News.ABSENT): Arrival(KEY, News.ABSENT, NOW + AFTER)}
    assert meeting.outcomes("absent") == 1
    meeting.deliver(identity="m2")
    assert meeting.fetches == [1, 1]


def test_a_source_that_is_unwell_is_no_absence_and_is_asked_again_later() -> None:
    meeting = Meeting(TextSource("a", DOWN, FOUND), TextSource("b"))
    later = meeting.deliver()
    assert later
    assert later.seconds >= 5
    state = meeting.needs.states[KEY]
    assert state.failing == Failing("a", Reason.SERVER_ERROR, DOWN.detail)
    assert state.is_asked(NOW + later.seconds + 60)
    assert not state.is_held(NOW)
    assert "a" not in meeting.memory.recall(PLACE)
    assert meeting.metrics.total(Metric.SYMBOL_SOURCE_FAILURES, reason="server_error") == 1
    assert meeting.deliver(tries=2) is None
    assert meeting.store.pack_bytes(KEY) == b"pack of " + TEXT
    assert meeting.needs.states == {}


def test_a_source_that_asks_for_patience_has_it() -> None:
    later = Meeting(TextSource("a", BUSY)).deliver()
    assert later
    assert later.seconds >= 77.0


def test_tries_of_a_failing_source_end_and_say_how_it_failed() -> None:
    meeting = Meeting(TextSource("a", DOWN))
    assert meeting.deliver(tries=MAX_TRIES) is None
    state = meeting.needs.states[KEY]
    assert state.failing
    assert state.is_asked(NOW + GIVEN_UP_FOR - 1)
    assert not state.is_asked(NOW + GIVEN_UP_FOR)
    assert meeting.outcomes("given_up") == 1
    assert meeting.dead_letters.sent == []


def test_an_answer_of_no_use_is_remembered_and_not_tried_again() -> None:
    meeting = Meeting(TextSource("a", HTML))
    assert meeting.deliver() is None
    assert meeting.memory.recall(PLACE)["a"].answer == HTML
    assert meeting.outcomes("unusable") == 1
    assert meeting.needs.states == {}


def test_a_text_that_cannot_be_packed_is_passed_over_for_that_of_the_next_source() -> None:
    bad, good = TextSource("a", FOUND), TextSource("b", Found(len(TEXT)))
    bad.text = b"MODULE Linux x86_64 nothing lib.so\n"
    meeting = Meeting(bad, good)
    assert meeting.deliver() is None
    assert meeting.fetches == [1, 1]
    assert meeting.store.packs[KEY][0].uploader == "source b"
    assert meeting.store.packs[KEY][0].origin == ""


def test_a_text_that_kills_the_packer_is_unusable_for_a_day() -> None:
    meeting = Meeting(TextSource("a", FOUND))

    def die(_content: bytes) -> None:
        raise DeadLetter(DeadLetterCode.PACKER_CRASHED, "it died")

    meeting.packer.before = die
    assert meeting.deliver() is None
    answer = meeting.memory.recall(PLACE)["a"].answer
    assert isinstance(answer, Failed)
    assert answer.reason is Reason.UNPACKABLE
    assert meeting.outcomes("unusable") == 1
    assert meeting.dead_letters.sent == []


def test_a_failing_world_gives_the_lease_back_and_keeps_the_message() -> None:
    meeting = Meeting(TextSource("a", FOUND))

    def fail(method: str) -> None:
        if method == "put_pack":
            raise RetryLater(RetryCode.THROTTLED, "slow down")

    meeting.store.before = fail
    assert meeting.deliver() is not None
    assert not meeting.needs.states[KEY].is_held(NOW)
    meeting.store.before = lambda _method: None
    assert meeting.deliver(tries=2) is None
    assert meeting.outcomes("packed") == 1


def test_of_an_upload_and_a_fetched_text_the_one_that_is_stored_first_stays() -> None:
    source = TextSource("a", FOUND)
    meeting = Meeting(source)
    uploaded = TEXT + b"FILE 2 b.c\n"

    def upload() -> None:
        made = meeting.packer
        with TemporaryScratch().folder() as folder:
            (folder / "upload").write_bytes(uploaded)
            pack = made.pack(KEY, folder / "upload", folder)
            meeting.store.put_pack(KEY, NewPack(pack, "her", "etag", "", 1), replacing=None)

    source.during = upload
    assert meeting.deliver() is None
    assert meeting.store.packs[KEY][0].uploader == "her"
    assert meeting.needs.states == {}


def test_a_scope_without_sources_needs_nothing() -> None:
    meeting = Meeting(TextSource("a", FOUND))
    assert meeting.deliver(Need(SymbolKey.at("other", PLACE))) is None
    assert meeting.outcomes("no_sources") == 1


@pytest.mark.parametrize(
    "change",
    [{"debug_file": ".."}, {"debug_id": "0" * 33}, {"name": "x"}, {"scope": "A/b"}],
)
def test_a_need_of_what_can_have_no_symbols_is_laid_aside(change: dict[str, str]) -> None:
    meeting = Meeting(TextSource("a", FOUND))
    body = json.dumps({**encode_need(NEED), **change})
    assert meeting._pack_symbols(body, Message("m", NOW, 1)) is None
    [(_, _, failure)] = meeting.dead_letters.sent
    assert failure.code is DeadLetterCode.BAD_SYMBOL_KEY


def test_an_upload_makes_the_absence_of_its_symbols_forgotten() -> None:
    meeting = Meeting(TextSource("a", Absent(), FOUND))
    meeting.deliver()
    assert meeting.memory.recall(PLACE)
    meeting.store.put_upload(KEY, TEXT)
    event = {"Records": [{"s3": {"object": {"key": f"v1/{PLACE.path}", "eTag": ""}}}]}
    meeting._pack_symbols(json.dumps(event), Message("m2", NOW, 1))
    assert meeting.store.pack_bytes(KEY)
    assert meeting.memory.recall(PLACE) == {}
