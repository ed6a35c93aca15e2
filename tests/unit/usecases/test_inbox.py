"""What a message of an intake queue asks for."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.contracts import storage, tasks
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.request import CrashRequest, Origin, QueueClass, Ruleset
from moonwalk.usecases.inbox import MAX_BODY, Inbox
from tests.builders import CRASH_ID, NOW, message

BOTH = Inbox(frozenset({Origin.TEXT, Origin.S3_EVENT}))


def read(body: str, inbox: Inbox = BOTH) -> list[CrashRequest]:
    return inbox.read(body, message(), QueueClass.STANDARD)


def s3_event(*keys: str) -> str:
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})


def code_of(body: str, inbox: Inbox = BOTH) -> DeadLetterCode:
    with pytest.raises(DeadLetter) as caught:
        read(body, inbox)
    return caught.value.code


def test_a_bare_crash_id_asks_for_the_default_ruleset() -> None:
    assert read(f" {CRASH_ID}\n") == [
        CrashRequest(CRASH_ID, Ruleset.DEFAULT, QueueClass.STANDARD, Origin.TEXT, message())
    ]


def test_a_ruleset_may_follow_the_crash_id() -> None:
    [asked] = read(f"{CRASH_ID}:regenerate_signature")
    assert asked.ruleset is Ruleset.REGENERATE_SIGNATURE


@pytest.mark.parametrize("body", ["test", '{"Event": "s3:TestEvent", "Bucket": "b"}'])
def test_a_health_check_asks_for_nothing(body: str) -> None:
    assert read(body) == []


def test_an_s3_event_asks_for_each_of_its_raw_crashes() -> None:
    key = storage.raw_crash(CRASH_ID).replace("/", "%2F")
    assert [asked.crash_id for asked in read(s3_event(key, key))] == [CRASH_ID, CRASH_ID]


def test_the_same_event_by_way_of_eventbridge_is_read() -> None:
    body = json.dumps({"detail": {"object": {"key": storage.raw_crash(CRASH_ID)}}})
    assert [asked.origin for asked in read(body)] == [Origin.S3_EVENT]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", DeadLetterCode.BAD_CRASH_ID),
        ("hello", DeadLetterCode.BAD_CRASH_ID),
        (f"{CRASH_ID}:", DeadLetterCode.UNKNOWN_RULESET),
        (f"{CRASH_ID}:magic", DeadLetterCode.UNKNOWN_RULESET),
        ("{", DeadLetterCode.BAD_MESSAGE),
        ("{}", DeadLetterCode.BAD_MESSAGE),
        ('{"Records": 7}', DeadLetterCode.BAD_MESSAGE),
        ('{"detail": []}', DeadLetterCode.BAD_MESSAGE),
        (s3_event("v1/dump/x"), DeadLetterCode.BAD_MESSAGE),
        (s3_event("v1/raw_crash/20261123/../x"), DeadLetterCode.BAD_CRASH_ID),
        ("x" * (MAX_BODY + 1), DeadLetterCode.BAD_MESSAGE),
        ('{"a":' * 20_000, DeadLetterCode.BAD_MESSAGE),
        ('{"schema": 99, "kind": "put_back"}', DeadLetterCode.BAD_MESSAGE),
        ('{"schema": 1, "kind": "put_back"}', DeadLetterCode.BAD_MESSAGE),
        ('{"schema": [], "kind": "put_back"}', DeadLetterCode.BAD_MESSAGE),
    ],
)
def test_what_is_no_request_is_laid_aside_with_its_reason(body: str, code: DeadLetterCode) -> None:
    assert code_of(body) is code


def test_a_deployment_takes_in_only_the_kinds_it_is_set_to() -> None:
    text, events = Inbox(frozenset({Origin.TEXT})), Inbox(frozenset({Origin.S3_EVENT}))
    assert code_of(s3_event(storage.raw_crash(CRASH_ID)), text) is DeadLetterCode.BAD_MESSAGE
    assert code_of(str(CRASH_ID), events) is DeadLetterCode.BAD_MESSAGE


def test_a_put_back_names_the_attempt_it_saw() -> None:
    sent = tasks.encode_put_back(CRASH_ID, Ruleset.DEFAULT, 3, "the-first", NOW)
    [asked] = read(json.dumps(sent), Inbox(frozenset()))
    assert (asked.origin, asked.seen_attempt) == (Origin.PUT_BACK, 3)
    assert (asked.message.id, asked.asked_by) == (message().id, "the-first")


def test_a_run_asked_for_again_names_the_message_that_asked() -> None:
    sent = tasks.encode_again(CRASH_ID, Ruleset.DEFAULT, "the-first", NOW)
    [asked] = read(json.dumps(sent), Inbox(frozenset()))
    assert (asked.origin, asked.asked_by) == (Origin.AGAIN, "the-first")


@pytest.mark.parametrize("field", ["first_seen", "kind", "attempt"])
@pytest.mark.parametrize("value", [None, "text", "NaN", [], 1e999])
def test_an_internal_message_with_a_spoilt_field_is_laid_aside(field: str, value: Any) -> None:
    sent = {**tasks.encode_put_back(CRASH_ID, Ruleset.DEFAULT, 3, "the-first", NOW), field: value}
    assert code_of(json.dumps(sent)) is DeadLetterCode.BAD_MESSAGE


@pytest.mark.parametrize("first_seen", [-1, 1e12, 1e300])
def test_a_time_that_no_calendar_has_is_laid_aside(first_seen: float) -> None:
    sent = tasks.encode_put_back(CRASH_ID, Ruleset.DEFAULT, 3, "the-first", first_seen)
    assert code_of(json.dumps(sent)) is DeadLetterCode.BAD_MESSAGE


@pytest.mark.parametrize("message_id", ["", "two words", "\ud800", "m" * 101])
def test_a_message_id_that_no_queue_gives_is_laid_aside(message_id: str) -> None:
    sent = tasks.encode_again(CRASH_ID, Ruleset.DEFAULT, message_id, NOW)
    assert code_of(json.dumps(sent)) is DeadLetterCode.BAD_MESSAGE


@given(
    st.text()
    | st.recursive(
        st.none() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["schema", "kind", "Records", "s3", "object", "key", "detail"]),
                inner,
            )
        ),
    ).map(json.dumps)
)
def test_no_body_does_more_than_be_laid_aside(body: str) -> None:
    with contextlib.suppress(DeadLetter):
        assert len(read(body)) < MAX_BODY
