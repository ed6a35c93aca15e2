"""The packer over fakes: every upload ends as a pack in force, or refused with its reason."""

import json
from dataclasses import replace
from urllib.parse import quote_plus

import pytest

from moonwalk.contracts import symbols as keys
from moonwalk.contracts.symbol_requests import encode_pack
from moonwalk.domain.failures import DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.misses import Arrival, News
from moonwalk.domain.request import Message
from moonwalk.domain.symbols import Change, SymbolKey, symbol_key
from moonwalk.metrics import Metric
from moonwalk.usecases.dispatch import Later
from tests.builders import NOW
from tests.fakes.symbols import CORRUPT, etag_of
from tests.unit.usecases.packer_world import AFTER, MAX_TRIES, PackerWorld

KEY = symbol_key("libmoon.so", "A" * 33)


def text_of(key: SymbolKey = KEY, more: bytes = b"FILE 0 a.c\n") -> bytes:
    return f"MODULE Linux x86_64 {key.debug_id} {key.debug_file}\n".encode() + more


OLD, NEW = text_of(), text_of(more=b"FILE 0 b.c\n")


def event(object_key: str, *, etag: str = "", principal: str = "") -> str:
    """Write what S3 sends when an object appears."""
    told = {"key": quote_plus(object_key), "eTag": etag}
    record = {"s3": {"object": told}, "userIdentity": {"principalId": principal}}
    return json.dumps({"Records": [record]})


class Packing(PackerWorld):
    """The use case over fakes."""

    def upload(self, content: bytes, uploader: str = "", principal: str = "") -> str:
        """Store an upload; give the event that tells of it."""
        self.store.put_upload(KEY, content, uploader)
        return event(keys.upload(KEY), etag=etag_of(content), principal=principal)

    def deliver(self, body: str, *, tries: int = 1) -> Later | None:
        return self.handle(body, Message("message-1", NOW, tries))

    def outcomes(self, outcome: str) -> float:
        return self.metrics.total(Metric.SYMBOLS_PACKED, outcome=outcome)

    @property
    def codes(self) -> list[str]:
        return [failure.code for _, _, failure in self.dead_letters.sent]

    @property
    def in_force(self) -> bytes | None:
        return self.store.pack_bytes(KEY)


@pytest.fixture
def packing() -> Packing:
    return Packing()


def test_an_upload_becomes_a_pack(packing: Packing) -> None:
    assert packing.deliver(packing.upload(OLD, principal="AWS:builder")) is None
    stored = packing.store.packs[KEY][0]
    assert packing.in_force == b"pack of " + OLD
    assert (stored.uploader, stored.upload_etag) == ("AWS:builder", etag_of(OLD))
    assert (stored.packed_at, stored.change) == (int(NOW), None)
    assert packing.arrivals.news == {(KEY, News.PACKED): Arrival(KEY, News.PACKED, NOW + AFTER)}
    assert packing.outcomes("packed") == 1
    assert packing.metrics.total(Metric.SYMBOL_TEXT) == len(OLD)


def test_news_that_a_packer_died_before_telling_is_told_when_the_event_comes_again(
    packing: Packing,
) -> None:
    told = packing.upload(OLD)
    packing.deliver(told)
    packing.arrivals.news.clear()
    packing.deliver(told)
    assert packing.outcomes("unchanged") == 1
    assert packing.arrivals.news.keys() == {(KEY, News.PACKED)}


def test_an_event_that_comes_twice_is_known_without_reading_the_upload(packing: Packing) -> None:
    body = packing.upload(OLD)
    packing.deliver(body)
    packing.deliver(body)
    assert packing.packer.packed == [OLD]
    assert packing.outcomes("unchanged") == 1


def test_the_same_text_in_other_bytes_changes_nothing(packing: Packing) -> None:
    packing.deliver(packing.upload(OLD))
    stored, content = packing.store.packs[KEY]
    gzipped = replace(stored, uploader="first", upload_etag="that of a gzip")
    packing.store.packs[KEY] = gzipped, content
    packing.deliver(packing.upload(OLD, "second"))
    assert packing.store.packs[KEY][0].uploader == "first"
    assert packing.outcomes("unchanged") == 1


def test_another_text_replaces_the_pack_and_the_change_is_recorded(packing: Packing) -> None:
    packing.deliver(packing.upload(OLD))
    old = packing.store.packs[KEY][0].facts.text_sha256
    packing.clock.advance(60)
    packing.deliver(packing.upload(NEW, principal="AWS:other"))
    stored = packing.store.packs[KEY][0]
    assert packing.in_force == b"pack of " + NEW
    assert packing.store.recorded(KEY) == [
        Change(old, stored.facts.text_sha256, "AWS:other", int(NOW) + 60)
    ]
    assert packing.outcomes("replaced") == 1


def test_a_change_whose_packer_died_before_its_record_is_recorded_by_the_next_event(
    packing: Packing,
) -> None:
    packing.deliver(packing.upload(OLD))

    def die(method: str) -> None:
        if method == "record_change":
            raise RetryLater(RetryCode.UNAVAILABLE, "gone")

    packing.store.before = die
    body = packing.upload(NEW)
    assert packing.deliver(body)
    packing.store.before = lambda _method: None
    assert packing.deliver(body, tries=2) is None
    assert len(packing.store.recorded(KEY)) == 1
    assert packing.packer.packed == [OLD, NEW]


@pytest.mark.parametrize("moment", ["pack", "upload", "fetch", "put_pack"])
def test_a_newer_upload_is_in_force_whenever_its_own_packer_comes_in_between(
    packing: Packing, moment: str
) -> None:
    body = packing.upload(OLD)

    def overtake(method: str) -> None:
        if method == moment:
            packing.store.before = lambda _method: None
            packing.deliver(packing.upload(NEW))

    packing.store.before = overtake
    assert packing.deliver(body) is None
    assert packing.in_force == b"pack of " + NEW


def test_an_upload_that_comes_while_the_pack_is_stored_is_packed_too(packing: Packing) -> None:
    body = packing.upload(OLD)

    def upload_once(_content: bytes) -> None:
        packing.packer.before = lambda _content: None
        packing.upload(NEW)

    packing.packer.before = upload_once
    packing.deliver(body)
    assert packing.in_force == b"pack of " + NEW
    assert len(packing.store.recorded(KEY)) == 1


def test_uploads_that_never_stop_are_tried_later(packing: Packing) -> None:
    body = packing.upload(OLD)
    packing.packer.before = lambda content: packing.store.put_upload(KEY, content + b"\n")
    later = packing.deliver(body)
    assert later is not None
    assert RetryCode.THROTTLED in later.why


def test_an_event_about_another_upload_does_not_say_who_uploaded_this_one(
    packing: Packing,
) -> None:
    body = packing.upload(OLD, principal="AWS:first")
    packing.store.put_upload(KEY, NEW, "somebody@there")
    packing.deliver(body)
    assert packing.store.packs[KEY][0].uploader == "somebody@there"


def test_a_corrupt_text_has_a_pack_with_its_verdict_and_is_counted(packing: Packing) -> None:
    packing.deliver(packing.upload(text_of(more=CORRUPT)))
    assert packing.store.packs[KEY][0].facts.verdict == "corrupt line 1: BadLine"
    assert packing.metrics.total(Metric.SYMBOLS_CORRUPT) == 1
    assert packing.codes == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (text_of(symbol_key("libmoon.so", "B" * 33)), DeadLetterCode.SYMBOLS_OF_ANOTHER_MODULE),
        (
            b"MODULE Linux x86_64 whatever libmoon.so\n",
            DeadLetterCode.SYMBOLS_OF_ANOTHER_MODULE,
        ),
        (b"<!doctype html>\n", DeadLetterCode.NOT_SYMBOLS),
        (b"", DeadLetterCode.NOT_SYMBOLS),
        (text_of(more=b"x" * 10_000), DeadLetterCode.SYMBOLS_TOO_LARGE),
    ],
)
def test_an_upload_that_cannot_be_packed_is_laid_aside_and_marked_and_stays(
    packing: Packing, content: bytes, code: DeadLetterCode
) -> None:
    assert packing.deliver(packing.upload(content)) is None
    assert packing.codes == [code]
    assert packing.store.refusal(keys.upload(KEY)) == code
    assert packing.store.uploads[keys.upload(KEY)] == [(content, "")]
    assert packing.in_force is None
    assert packing.metrics.total(Metric.SYMBOLS_REFUSED, reason=code) == 1


def test_a_refused_upload_leaves_the_pack_in_force(packing: Packing) -> None:
    packing.deliver(packing.upload(OLD))
    packing.deliver(packing.upload(b"MODULE of nothing"))
    assert packing.in_force == b"pack of " + OLD


@pytest.mark.parametrize(
    "object_key",
    [
        "v1/../secret/A/x.sym",
        "v1/libmoon.so",
        f"v1/libmoon.so/{KEY.debug_id.lower()}/libmoon.so.sym",
        f"v1/libmoon.so/{KEY.debug_id.upper()}/libmoon.so.sym",
        f"v1/libmoon.so/{KEY.debug_id}/other.so.sym",
        f"v1/lib\x1bmoon.so/{KEY.debug_id}/lib\x1bmoon.so.sym",
        f"v1/a\\b/{KEY.debug_id}/a\\b.sym",
        f"scopes/default/v1/libmoon.so/{KEY.debug_id}/libmoon.so.sym",
        f"scopes/../v1/libmoon.so/{KEY.debug_id}/libmoon.so.sym",
        f"scopes/mine/libmoon.so/{KEY.debug_id}/libmoon.so.sym",
        f"elsewhere/libmoon.so/{KEY.debug_id}/libmoon.so.sym",
    ],
)
def test_an_odd_key_is_laid_aside_and_its_object_marked(packing: Packing, object_key: str) -> None:
    assert packing.deliver(event(object_key)) is None
    assert packing.codes == [DeadLetterCode.BAD_SYMBOL_KEY]
    assert packing.store.refusal(object_key) == DeadLetterCode.BAD_SYMBOL_KEY
    assert packing.packer.packed == []


def test_an_upload_that_has_gone_is_nobodys_business_any_more(packing: Packing) -> None:
    assert packing.deliver(event(keys.upload(KEY))) is None
    assert packing.outcomes("gone") == 1


def test_a_scope_has_packs_of_its_own(packing: Packing) -> None:
    theirs = symbol_key(KEY.debug_file, KEY.debug_id, "thunderbird")
    packing.store.put_upload(theirs, OLD)
    packing.deliver(event(keys.upload(theirs)))
    assert packing.store.packs.keys() == {theirs}


def test_whoever_asks_has_an_upload_packed_again_and_its_mark_taken_away(packing: Packing) -> None:
    packing.deliver(packing.upload(OLD, principal="AWS:builder"))
    version = packing.store.uploads[keys.upload(KEY)]
    packing.store.refused[keys.upload(KEY), str(len(version))] = DeadLetterCode.SYMBOLS_TOO_LARGE
    packing.deliver(json.dumps(encode_pack(keys.upload(KEY), "operator")))
    assert packing.packer.packed == [OLD, OLD]
    assert packing.store.packs[KEY][0].uploader == "AWS:builder"
    assert packing.store.refused == {}
    assert packing.store.recorded(KEY) == []
    assert packing.outcomes("again") == 1


def test_a_failing_world_keeps_the_message_for_later(packing: Packing) -> None:
    def fail(_method: str) -> None:
        raise RetryLater(RetryCode.THROTTLED, "slow down")

    packing.store.before = fail
    later = packing.deliver(packing.upload(OLD))
    assert later is not None
    assert later.seconds > 0
    assert packing.metrics.total(Metric.SYMBOLS_RETRIED, reason=RetryCode.THROTTLED) == 1


def test_a_message_that_ends_packers_in_silence_is_given_up(packing: Packing) -> None:
    packing.deliver(packing.upload(OLD), tries=MAX_TRIES + 1)
    assert packing.codes == [DeadLetterCode.TRIES_EXHAUSTED]
    assert packing.packer.packed == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "[]",
        "{}",
        "[" * 100_000,
        '{"Records": 7}',
        '{"Records": [7]}',
        '{"detail": null}',
        '{"schema": 99, "kind": "pack", "key": "v1/a"}',
        '{"schema": 1, "kind": "other", "key": "v1/a"}',
        '{"schema": 1, "kind": "pack"}',
        '{"schema": 1, "kind": "need"}',
        '{"schema": 99, "kind": "need"}',
        '{"schema": 1, "kind": "pack", "key": ""}',
        '{"schema": 1, "kind": "pack", "key": "v1/' + "a" * 1024 + '"}',
        '{"detail": {"object": {"key": ""}}}',
    ],
)
def test_a_message_of_another_kind_is_laid_aside(packing: Packing, body: str) -> None:
    assert packing.deliver(body) is None
    assert packing.codes == [DeadLetterCode.BAD_MESSAGE]


def test_the_test_event_of_a_bucket_is_let_go(packing: Packing) -> None:
    assert packing.deliver('{"Service": "Amazon S3", "Event": "s3:TestEvent"}') is None
    assert packing.codes == []


def test_an_event_by_eventbridge_is_understood(packing: Packing) -> None:
    packing.store.put_upload(KEY, OLD)
    told = {"object": {"key": keys.upload(KEY), "etag": etag_of(OLD)}, "requester": "210987654321"}
    packing.deliver(json.dumps({"detail-type": "Object Created", "detail": told}))
    assert packing.store.packs[KEY][0].uploader == "210987654321"
