"""A test moves the clock, and everything embedded lives at the new time."""

import json
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.core.config import default_user_config

from cli.embedded.clock import EmbeddedClock
from cli.embedded.moto_time import ClockEvent
from cli.embedded.queues import EmbeddedQueues

Client = Callable[[str], Any]
HOUR = 3600
ROLE = "arn:aws:iam::123456789012:role/states"


def test_an_advance_moves_now_and_the_offset_that_processes_map(tmp_path: Path) -> None:
    clock = EmbeddedClock(tmp_path / "clock")
    before = clock.now()
    clock.advance(HOUR)
    clock.advance(HOUR)
    assert clock.now() >= before + 2 * HOUR
    assert struct.unpack("<d", clock.file.read_bytes()) == (2 * HOUR,)


def test_the_clock_does_not_go_back(clock: EmbeddedClock) -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)


def test_an_advance_wakes_those_who_wait_for_a_moment_that_has_come(clock: EmbeddedClock) -> None:
    event, timed_out = ClockEvent(clock), threading.Event()

    def wait() -> None:
        if not event.wait(HOUR):
            timed_out.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    clock.advance(HOUR)
    waiter.join()
    assert timed_out.is_set()


def test_an_event_that_is_set_ends_the_wait_without_the_clock(clock: EmbeddedClock) -> None:
    event = ClockEvent(clock)
    setter = threading.Thread(target=event.set)
    setter.start()
    assert event.wait(HOUR)
    setter.join()


@pytest.mark.usefixtures("queues")
def test_a_message_in_flight_is_visible_again_when_the_clock_passed_its_timeout(
    clock: EmbeddedClock, client: Client
) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="crash")
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    clock.advance(601)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


@pytest.mark.usefixtures("queues")
def test_a_delayed_message_ends_a_long_poll_when_the_clock_reaches_it(
    clock: EmbeddedClock, client: Client
) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=15)
    received: list[Any] = []

    def poll() -> None:
        received.extend(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"])

    poller = threading.Thread(target=poll)
    poller.start()
    clock.advance(16)
    poller.join()
    assert [message["Body"] for message in received] == ["later"]


def test_a_message_older_than_the_retention_period_is_gone(
    clock: EmbeddedClock, client: Client, queues: EmbeddedQueues
) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="old")
    clock.advance(61)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    (queue,) = queues.all()
    assert queues.unfinished(queue) == 0


@pytest.mark.usefixtures("queues", "executing")
@pytest.mark.parametrize(("limited", "ends"), [("state", "FAILED"), ("workflow", "TIMED_OUT")])
def test_a_wait_for_a_task_token_times_out_by_the_embedded_clock(
    clock: EmbeddedClock, client: Client, limited: str, ends: str
) -> None:
    task: dict[str, Any] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {
            "QueueUrl": client("sqs").create_queue(QueueName="tasks")["QueueUrl"],
            "MessageBody": {"token.$": "$$.Task.Token"},
        },
        "End": True,
    }
    limit = {"TimeoutSeconds": 2 * HOUR}
    if limited == "state":
        status = _status_after_hours(clock, client("stepfunctions"), task | limit)
    else:
        status = _status_after_hours(clock, client("stepfunctions"), task, **limit)
    assert status == ends


@pytest.mark.usefixtures("queues", "executing")
def test_a_wait_state_ends_by_the_embedded_clock(clock: EmbeddedClock, client: Client) -> None:
    wait = {"Type": "Wait", "Seconds": 2 * HOUR, "End": True}
    assert _status_after_hours(clock, client("stepfunctions"), wait) == "SUCCEEDED"


@pytest.fixture
def executing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(default_user_config["stepfunctions"], "execute_state_machine", True)  # noqa: FBT003 - positional only


def _status_after_hours(
    clock: EmbeddedClock, states: Any, state: dict[str, Any], **machine: int
) -> str:
    definition = json.dumps({"StartAt": "A", "States": {"A": state}} | machine)
    machine_arn = states.create_state_machine(name="m", definition=definition, roleArn=ROLE)
    run = states.start_execution(stateMachineArn=machine_arn["stateMachineArn"], name="one")
    assert states.describe_execution(executionArn=run["executionArn"])["status"] == "RUNNING"
    while True:
        clock.advance(HOUR)
        status = str(states.describe_execution(executionArn=run["executionArn"])["status"])
        if status != "RUNNING":
            return status
        time.sleep(0.05)
