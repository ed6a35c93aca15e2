"""What leaves for the intake queues, as their readers find it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import pytest

from moonwalk.adapters.queues import SqsDeadLetters, SqsRequests, SqsVisibility
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.ledger import Again, Fence, LedgerEntry
from moonwalk.domain.request import CrashRequest, Message, Origin, QueueClass, Ruleset
from moonwalk.miss_ports import Reprocessing
from moonwalk.ports import Requests
from moonwalk.usecases.inbox import Inbox
from tests import builders
from tests.builders import NOW
from tests.contract.worlds import SqsWorld
from tests.fakes import FakeClock, FakeRequests

MakeQueues = Callable[[str], SqsWorld]
SentMessage = tuple[QueueClass, str]
LATE = replace(builders.entry(), queue=QueueClass.PRIORITY)
WANTED_AGAIN = LATE.with_again(Again(Ruleset.REGENERATE_SIGNATURE, "message-2"))
MISSING = DeadLetter(DeadLetterCode.RAW_CRASH_MISSING, "the raw crash is not in the bucket")


class Asking(Requests, Reprocessing, Protocol):
    """All who ask for runs."""


class Sent:
    """An `Asking` under test, and what came of it as the intake reads it."""

    def __init__(self, requests: Asking, sent: Callable[[], list[tuple[QueueClass, str]]]) -> None:
        self.requests = requests
        self._sent = sent

    def read(self) -> list[CrashRequest]:
        inbox = Inbox(frozenset({Origin.TEXT}))
        carrier = Message("carrier", NOW, 1)
        return [
            request for queue, body in self._sent() for request in inbox.read(body, carrier, queue)
        ]


@pytest.fixture(params=["fake", "sqs"])
def sent(request: pytest.FixtureRequest, clock: FakeClock) -> Sent:
    if request.param == "fake":
        fake = FakeRequests(clock)
        return Sent(fake, lambda: fake.sent)
    queues: SqsWorld = request.getfixturevalue("make_queues")("intake")
    requests = SqsRequests(queues.client, queues.urls, clock)
    return Sent(requests, lambda: _received(queues))


def _received(queues: SqsWorld) -> list[SentMessage]:
    return [(queue, found["Body"]) for queue in QueueClass for found in queues.receive(queue)]


def test_a_late_crash_is_put_back_into_its_queue_naming_the_attempt(sent: Sent) -> None:
    sent.requests.put_back(LATE)
    (request,) = sent.read()
    assert request == CrashRequest(
        crash_id=LATE.crash_id,
        ruleset=LATE.ruleset,
        queue=QueueClass.PRIORITY,
        origin=Origin.PUT_BACK,
        message=Message("carrier", LATE.first_seen, 1),
        seen_attempt=LATE.fence.attempt,
        asked_by=LATE.asked_by,
    )


def test_the_remembered_run_is_asked_for_as_reprocessing(sent: Sent, clock: FakeClock) -> None:
    clock.advance(50)
    sent.requests.ask_again(WANTED_AGAIN)
    (request,) = sent.read()
    assert request == CrashRequest(
        crash_id=LATE.crash_id,
        ruleset=Ruleset.REGENERATE_SIGNATURE,
        queue=QueueClass.REPROCESSING,
        origin=Origin.AGAIN,
        message=Message("carrier", NOW + 50, 1),
        asked_by="message-2",
    )


def test_a_crash_whose_symbols_came_is_asked_for_by_the_attempt_without_them(
    sent: Sent, clock: FakeClock
) -> None:
    clock.advance(50)
    sent.requests.symbols_came(LATE.crash_id, Fence(LATE.fence.since, 3))
    (request,) = sent.read()
    assert request == CrashRequest(
        crash_id=LATE.crash_id,
        ruleset=Ruleset.DEFAULT,
        queue=QueueClass.REPROCESSING,
        origin=Origin.SYMBOLS_CAME,
        message=Message("carrier", NOW + 50, 1),
        seen_attempt=3,
        asked_by="symbols-3",
    )


@pytest.mark.parametrize("entry", [LATE])
def test_nothing_to_remember_is_a_mistake_of_the_caller(sent: Sent, entry: LedgerEntry) -> None:
    with pytest.raises(ValueError, match="remembers no other run"):
        sent.requests.ask_again(entry)


def test_a_rejected_request_lies_in_the_dead_letter_queue_of_its_class(
    make_queues: MakeQueues,
) -> None:
    queues = make_queues("dead-letters")
    message = Message("message-1", 1_780_000_000.25, 3)
    SqsDeadLetters(queues.client, queues.urls).send(
        body="no crash id", message=message, queue=QueueClass.REPROCESSING, failure=MISSING
    )
    (found,) = queues.receive(QueueClass.REPROCESSING)
    assert found["Body"] == "no crash id"
    attributes = {name: value["StringValue"] for name, value in found["MessageAttributes"].items()}
    assert attributes == {
        "reason": "raw_crash_missing",
        "detail": "the raw crash is not in the bucket",
        "origin": "reprocessing",
        "first_seen": "2026-05-28T20:26:40.250+00:00",
        "tries": "3",
    }


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ("a\x00b\x1b[31m\ufffe", "a\ufffdb\ufffd[31m\ufffd"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("tab\tand\r\nnewline, größe, 🌘", "tab\tand\r\nnewline, größe, 🌘"),
        ("", "-"),
    ],
)
def test_bodies_hold_only_what_sqs_takes(make_queues: MakeQueues, body: str, stored: str) -> None:
    queues = make_queues("dead-letters")
    failure = DeadLetter(DeadLetterCode.BAD_MESSAGE, body)
    SqsDeadLetters(queues.client, queues.urls).send(
        body=body, message=Message("m", NOW), queue=QueueClass.STANDARD, failure=failure
    )
    (found,) = queues.receive(QueueClass.STANDARD)
    # Carriage returns fall victim to the XML-like normalisation of some servers.
    assert found["Body"].replace("\r", "") == stored.replace("\r", "")
    detail = found["MessageAttributes"]["detail"]["StringValue"]
    assert detail.replace("\r", "") == stored.replace("\r", "")


def test_a_huge_body_is_cut(make_queues: MakeQueues) -> None:
    queues = make_queues("dead-letters")
    SqsDeadLetters(queues.client, queues.urls).send(
        body="🌘" * 250_000, message=Message("m", NOW), queue=QueueClass.STANDARD, failure=MISSING
    )
    (found,) = queues.receive(QueueClass.STANDARD)
    assert len(found["Body"].encode()) < 200_000
    assert found["Body"].endswith("🌘…")


def test_a_queue_that_is_gone_is_the_worlds_failure(make_queues: MakeQueues) -> None:
    queues = make_queues("gone")
    for url in queues.urls.values():
        queues.client.delete_queue(QueueUrl=url)
    with pytest.raises(RetryLater) as failure:
        SqsRequests(queues.client, queues.urls, FakeClock()).put_back(LATE)
    assert failure.value.code is RetryCode.UNAVAILABLE


def test_a_message_is_shown_again_at_once_when_it_is_delayed_by_nothing(
    make_queues: MakeQueues,
) -> None:
    queues = make_queues("intake")
    queues.client.send_message(QueueUrl=queues.urls[QueueClass.STANDARD], MessageBody="body")
    (received,) = queues.receive(QueueClass.STANDARD)
    assert queues.receive(QueueClass.STANDARD) == []
    visibility = SqsVisibility(queues.client, queues.urls)
    assert visibility.delay(QueueClass.STANDARD, received["ReceiptHandle"], 0)
    assert [again["Body"] for again in queues.receive(QueueClass.STANDARD)] == ["body"]


@pytest.mark.parametrize(("wanted", "sent_seconds"), [(-5, 0), (1.6, 2), (1e9, 39_600)])
def test_delays_are_what_sqs_takes(
    make_queues: MakeQueues, wanted: float, sent_seconds: int
) -> None:
    queues = make_queues("intake")
    queues.client.send_message(QueueUrl=queues.urls[QueueClass.STANDARD], MessageBody="body")
    (received,) = queues.receive(QueueClass.STANDARD)
    seen: list[int] = []
    queues.client.meta.events.register(
        "provide-client-params.sqs.ChangeMessageVisibility",
        lambda params, **_: seen.append(params["VisibilityTimeout"]),
    )
    SqsVisibility(queues.client, queues.urls).delay(
        QueueClass.STANDARD, received["ReceiptHandle"], wanted
    )
    assert seen == [sent_seconds]


def test_a_message_that_is_no_longer_ours_cannot_be_delayed(make_queues: MakeQueues) -> None:
    queues = make_queues("intake")
    visibility = SqsVisibility(queues.client, queues.urls)
    assert not visibility.delay(QueueClass.STANDARD, "no such receipt", 10)
