"""The dispatcher's entry point: a batch in, the messages that have to stay out."""

import importlib
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import UnexpectedBatchTypeError

from lambdas.dispatcher.records import LARGEST_BATCH, Records
from moonwalk.composition.dispatching import Dispatching
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.ledger import State
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Task
from tests.builders import NOW, crash_id
from tests.fakes import FakeVisibility
from tests.unit.lambdas.functions import CONTEXT, FakeEmf, Log
from tests.unit.lambdas.working import PATIENCE
from tests.unit.usecases.world import World

QUEUES = {queue: f"https://sqs.example/1/intake-{queue}" for queue in QueueClass}


def record(
    body: object, number: int, queue: str = QueueClass.STANDARD, *, tries: int = 1
) -> dict[str, Any]:
    """Give a message as Lambda hands it over."""
    return {
        "messageId": f"message-{number}",
        "receiptHandle": f"receipt-{number}",
        "body": str(body),
        "attributes": {
            "ApproximateReceiveCount": str(tries),
            "SentTimestamp": str(round(NOW * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:1:intake-{queue}",
        "awsRegion": "us-east-1",
    }


class Batches:
    """The handler over a pipeline of fakes."""

    def __init__(self, handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.visibility, self.emf, self.log = (
            World(),
            FakeVisibility(),
            FakeEmf(),
            Log(),
        )
        dispatching = SimpleNamespace(
            dispatch=self.world.dispatch, visibility=self.visibility, metrics=self.emf
        )
        typed = cast("Dispatching", dispatching)
        monkeypatch.setattr(handler, "dispatching", typed)
        monkeypatch.setattr(handler, "records", Records(typed, QUEUES, self.log.logger))
        self._handler = handler
        self.failing: dict[CrashId, Exception] = {}
        self.world.workflows.answer = self._answer

    def crash(self, number: int, failing: Exception | None = None) -> CrashId:
        """Store a crash, whose light workflow may fail."""
        made = crash_id(number)
        self.world.store.put_crash(made, upload_file_minidump=b"MDMP")
        if failing:
            self.failing[made] = failing
        return made

    def handle(self, *records: dict[str, Any]) -> list[str]:
        """Handle a batch; gives the ids of the messages that stay."""
        answer = self._handler.handler({"Records": list(records)}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def _answer(self, task: Task) -> Answer:
        if error := self.failing.get(task.request.crash_id):
            raise error
        return self.world.process(task)


@pytest.fixture
def batches(deployed_environment: None, monkeypatch: pytest.MonkeyPatch) -> Batches:  # noqa: ARG001
    return Batches(importlib.import_module("lambdas.dispatcher.handler"), monkeypatch)


def state(batches: Batches, crash: CrashId) -> State | None:
    entry = batches.world.ledger.read(crash)
    return entry.state if entry else None


NO_ANSWER = RetryLater(RetryCode.LIGHT_LANE_FAILED, "no answer")


def test_a_batch_that_is_done_leaves_no_message(batches: Batches) -> None:
    crashes = [batches.crash(number) for number in (1, 2)]
    assert batches.handle(*map(record, [*crashes, crashes[0]], (1, 2, 3))) == []
    assert {state(batches, crash) for crash in crashes} == {State.PROCESSED}
    assert batches.visibility.delays == []


def test_exactly_the_messages_that_are_kept_are_named_and_hidden(batches: Batches) -> None:
    good, failing = batches.crash(1), batches.crash(2, NO_ANSWER)
    kept = batches.handle(
        record(good, 1),
        record(failing, 2, QueueClass.PRIORITY),
        record("hello", 3),
        record(crash_id(4), 4),
    )
    assert kept == ["message-2"]
    [(queue, receipt, seconds)] = batches.visibility.delays
    assert (queue, receipt) == (QueueClass.PRIORITY, "receipt-2")
    assert seconds > 0
    assert state(batches, good) is State.PROCESSED
    codes = {laid.failure.code for laid in batches.world.dead_letters.sent}
    assert codes == {DeadLetterCode.BAD_CRASH_ID, DeadLetterCode.RAW_CRASH_MISSING}
    [line] = batches.log.lines("kept for later")
    assert (line["message_id"], line["why"]) == ("message-2", "light_lane_failed: no answer")


def test_a_message_that_cannot_be_hidden_stays_all_the_same(
    batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise RetryLater(RetryCode.THROTTLED, "slow down")

    monkeypatch.setattr(batches.visibility, "delay", fail)
    assert batches.handle(record(batches.crash(1, NO_ANSWER), 1)) == ["message-1"]
    assert [line["code"] for line in batches.log.lines("not hidden")] == [RetryCode.THROTTLED]


def test_what_nobody_expected_keeps_its_own_message_and_is_logged(batches: Batches) -> None:
    good, broken = batches.crash(1), batches.crash(2, ZeroDivisionError("broken"))
    assert batches.handle(record(good, 1), record(broken, 2)) == ["message-2"]
    assert state(batches, good) is State.PROCESSED
    [line] = batches.log.lines("not handled")
    assert (line["message_id"], line["exception_name"]) == ("message-2", "ZeroDivisionError")
    assert batches.visibility.delays == []


def test_a_message_of_a_queue_that_is_not_ours_stays_and_is_logged(batches: Batches) -> None:
    assert batches.handle(record(batches.crash(1), 1, "of-somebody-else")) == ["message-1"]
    assert batches.log.lines("not handled")


def test_a_batch_of_which_every_message_is_kept_is_no_failed_invocation(batches: Batches) -> None:
    assert batches.handle(record(batches.crash(1, NO_ANSWER), 1)) == ["message-1"]


def test_the_records_of_a_batch_are_handled_side_by_side(batches: Batches) -> None:
    everybody = threading.Barrier(LARGEST_BATCH)

    def answer(task: Task) -> Answer:
        everybody.wait(PATIENCE)
        return batches.world.process(task)

    batches.world.workflows.answer = answer
    crashes = [batches.crash(number) for number in range(LARGEST_BATCH)]
    assert batches.handle(*map(record, crashes, range(LARGEST_BATCH))) == []
    assert {state(batches, crash) for crash in crashes} == {State.PROCESSED}


def test_a_warm_function_handles_batch_after_batch(batches: Batches) -> None:
    failing = batches.crash(1, NO_ANSWER)
    assert batches.handle(record(failing, 1)) == ["message-1"]
    batches.failing.clear()
    batches.world.clock.advance(1000)
    assert batches.handle(record(failing, 1, tries=2)) == []
    assert batches.emf.flushed == 2


def test_metrics_are_printed_also_when_the_event_is_no_batch(batches: Batches) -> None:
    with pytest.raises(UnexpectedBatchTypeError):
        batches._handler.handler({}, CONTEXT)
    assert batches.emf.flushed == 1
