"""What is too large for a packer with somebody behind it is handed on, and not refused."""

import json

import pytest

from moonwalk.contracts import symbols as keys
from moonwalk.contracts.symbol_requests import encode_need
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import ASK_HOLDS
from moonwalk.domain.symbol_sources import Failed, Found, Reason
from moonwalk.metrics import Metric
from moonwalk.usecases.dispatch import Later
from tests.builders import NOW
from tests.fakes import FakeHeavyPacking
from tests.symbol_texts import PLACE
from tests.unit.usecases.packer_world import PackerWorld
from tests.unit.usecases.test_meet_need import KEY, NEED, TextSource
from tests.unit.usecases.test_pack_symbols import KEY as UPLOADED
from tests.unit.usecases.test_pack_symbols import event, text_of

HUGE = text_of(more=b"x" * 10_000)
UPLOAD = event(keys.upload(UPLOADED))
NEEDED = json.dumps(encode_need(NEED))
MESSAGE = Message("m1", NOW, 1)
TOO_LARGE = Failed(Reason.TOO_LARGE, "it is larger than 5 bytes")


class HugeSource(TextSource):
    """A source whose text is more than the packer takes."""

    text = TextSource.text + b"x" * 10_000


def refuse_what_is_huge(content: bytes) -> None:
    if len(content) > 5_000:
        raise DeadLetter(DeadLetterCode.SYMBOLS_TOO_LARGE, "it needs more memory")


class World(PackerWorld):
    """A packer that takes little."""

    def __init__(self, heavy: FakeHeavyPacking, *sources: TextSource) -> None:
        super().__init__(sources, heavy)
        self.packer.before = refuse_what_is_huge


def unavailable() -> None:
    raise RetryLater(RetryCode.UNAVAILABLE, "no route")


@pytest.fixture
def heavy() -> FakeHeavyPacking:
    return FakeHeavyPacking()


def test_an_upload_is_handed_on_as_it_came_and_neither_marked_nor_laid_aside(
    heavy: FakeHeavyPacking,
) -> None:
    world = World(heavy)
    world.store.put_upload(UPLOADED, HUGE)
    assert world.handle(UPLOAD, MESSAGE) is None
    assert heavy.bodies == [UPLOAD]
    assert world.store.refused == {}
    assert world.dead_letters.sent == []
    assert world.metrics.total(Metric.SYMBOLS_PACKED, outcome="handed_on") == 1


def test_what_has_another_fault_is_refused_here(heavy: FakeHeavyPacking) -> None:
    world = World(heavy)
    world.store.put_upload(UPLOADED, b"<!doctype html>")
    assert world.handle(UPLOAD, MESSAGE) is None
    assert heavy.bodies == []
    assert [failure.code for *_, failure in world.dead_letters.sent] == [DeadLetterCode.NOT_SYMBOLS]


@pytest.mark.parametrize("body", [UPLOAD, NEEDED])
def test_a_message_stays_when_it_cannot_be_handed_on(heavy: FakeHeavyPacking, body: str) -> None:
    heavy.before = unavailable
    world = World(heavy, HugeSource("a", Found(1), Found(1)))
    world.store.put_upload(UPLOADED, HUGE)
    assert isinstance(world.handle(body, MESSAGE), Later)
    heavy.before = lambda: None
    assert world.handle(body, MESSAGE) is None
    assert len(heavy.bodies) + len(heavy.needs) == 1


@pytest.mark.parametrize(
    "source", [HugeSource("a", Found(1)), TextSource("a", TOO_LARGE)], ids=["packed", "fetched"]
)
def test_a_need_is_handed_on_without_its_lease_and_nothing_is_remembered(
    heavy: FakeHeavyPacking, source: TextSource
) -> None:
    world = World(heavy, source)
    held: list[bool] = []

    def look() -> None:
        state = world.needs.states[KEY]
        held.append(state.is_held(NOW))
        assert state.asked_until == NOW + ASK_HOLDS

    heavy.before = look
    assert world.handle(NEEDED, MESSAGE) is None
    assert (heavy.needs, held) == ([NEED], [False])
    assert world.memory.recall(PLACE) == {}
    assert world.metrics.total(Metric.SYMBOL_NEEDS, outcome="handed_on") == 1


def test_another_source_s_file_is_taken_before_a_larger_one_is_handed_on(
    heavy: FakeHeavyPacking,
) -> None:
    world = World(heavy, TextSource("a", TOO_LARGE), TextSource("b", Found(1)))
    assert world.handle(NEEDED, MESSAGE) is None
    assert heavy.needs == []
    assert world.store.pack_bytes(KEY)


def find_no_room(_content: bytes) -> None:
    raise RetryLater(RetryCode.SCRATCH_FULL, "it does not fit")


@pytest.mark.parametrize("body", [UPLOAD, NEEDED])
def test_what_finds_no_room_is_handed_on_and_blamed_on_nobody(
    heavy: FakeHeavyPacking, body: str
) -> None:
    world = World(heavy, TextSource("a", Found(1)))
    world.packer.before = find_no_room
    world.store.put_upload(UPLOADED, text_of())
    assert world.handle(body, MESSAGE) is None
    assert len(heavy.bodies) + len(heavy.needs) == 1
    assert (world.store.refused, world.dead_letters.sent) == ({}, [])


@pytest.mark.parametrize("body", [UPLOAD, NEEDED])
def test_what_finds_no_room_where_nobody_has_more_comes_again_and_is_packed_then(body: str) -> None:
    world = PackerWorld([TextSource("a", Found(1), Found(1))])
    world.packer.before = find_no_room
    world.store.put_upload(UPLOADED, text_of())
    assert isinstance(world.handle(body, MESSAGE), Later)
    assert (world.store.refused, world.dead_letters.sent) == ({}, [])
    assert world.memory.recall(PLACE) == {}
    world.packer.before = lambda _content: None
    assert world.handle(body, MESSAGE) is None
    assert world.store.packs
