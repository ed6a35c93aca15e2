"""The packer's entry point: a message in, and out again if it has to stay."""

import importlib
from types import SimpleNamespace
from typing import Any, cast

import pytest

from moonwalk.composition.packing import Packing
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.request import Message
from moonwalk.usecases.dispatch import Later
from tests.builders import NOW
from tests.unit.lambdas.functions import CONTEXT, FakeEmf, Log


def record(body: str) -> dict[str, Any]:
    """Give a message as Lambda hands it over."""
    return {
        "messageId": "message-1",
        "receiptHandle": "receipt-1",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "2",
            "SentTimestamp": str(round(NOW * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:1:symbols",
        "awsRegion": "us-east-1",
    }


class Packer:
    """The handler over a use case and a queue that remember."""

    def __init__(self, handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emf, self.log = FakeEmf(), Log()
        self.asked: list[tuple[str, Message]] = []
        self.answer: Later | Exception | None = None
        self.hidden: list[tuple[str, float]] = []
        self.failing: Exception | None = None
        made = SimpleNamespace(
            pack_symbols=self._pack, queue=SimpleNamespace(delay=self._delay), metrics=self.emf
        )
        typed = cast("Packing", made)
        monkeypatch.setattr(handler, "packing", typed)
        monkeypatch.setattr(handler, "records", handler.Records(typed, self.log.logger))
        self._handler = handler

    def __call__(self, body: str) -> list[str]:
        answer = self._handler.handler({"Records": [record(body)]}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def _pack(self, body: str, message: Message) -> Later | None:
        self.asked.append((body, message))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def _delay(self, receipt_handle: str, seconds: float) -> bool:
        if self.failing:
            raise self.failing
        self.hidden.append((receipt_handle, seconds))
        return True


@pytest.fixture
def packer(deployed_environment: None, monkeypatch: pytest.MonkeyPatch) -> Packer:  # noqa: ARG001
    return Packer(importlib.import_module("lambdas.packer.handler"), monkeypatch)


def test_a_message_that_is_done_goes(packer: Packer) -> None:
    assert packer("body") == []
    assert packer.asked == [("body", Message("message-1", round(NOW * 1000) / 1000, 2))]
    assert packer.hidden == []
    assert packer.emf.flushed == 1


def test_a_message_that_is_kept_is_hidden_for_as_long_as_it_should(packer: Packer) -> None:
    packer.answer = Later(30.0, "throttled: slow down")
    assert packer("body") == ["message-1"]
    assert packer.hidden == [("receipt-1", 30.0)]
    [line] = packer.log.lines("kept for later")
    assert line["why"] == "throttled: slow down"


def test_a_message_that_cannot_be_hidden_stays_all_the_same(packer: Packer) -> None:
    packer.answer = Later(30.0, "throttled")
    packer.failing = RetryLater(RetryCode.THROTTLED, "slow down")
    assert packer("body") == ["message-1"]
    assert packer.log.lines("not hidden")


def test_what_nobody_expected_keeps_the_message_and_is_logged(packer: Packer) -> None:
    packer.answer = ZeroDivisionError("broken")
    assert packer("body") == ["message-1"]
    [line] = packer.log.lines("not handled")
    assert line["exception_name"] == "ZeroDivisionError"
    assert packer.emf.flushed == 1
