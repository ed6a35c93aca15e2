"""The embedded AWS as a whole comes up with one call, works, and leaves nothing behind."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.embedded.assembly import AssemblyError
from cli.embedded.aws import EmbeddedAws, NotIdleError
from tests.integration.embedded.probe import wait_until
from tests.integration.embedded.sample import SampleStack

HANDLER = """
import time
def handler(event, context):
    failed = [r["messageId"] for r in event.get("Records", []) if r["body"] == "bad"]
    print("handled", time.time(), event.get("detail-type"), flush=True)
    return {"batchItemFailures": [{"itemIdentifier": i} for i in failed]}
"""
VISIBILITY = 120


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    stack = SampleStack(tmp_path / "cdk.out")
    stack.function("Function", HANDLER)
    stack.add("Dead", "AWS::SQS::Queue")
    redrive = {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 1}
    stack.add("Queue", "AWS::SQS::Queue", VisibilityTimeout=VISIBILITY, RedrivePolicy=redrive)
    stack.add(
        "Mapping",
        "AWS::Lambda::EventSourceMapping",
        FunctionName={"Ref": "Function"},
        EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    target = {"Id": "one", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}
    stack.add("Rule", "AWS::Events::Rule", ScheduleExpression="rate(1 hour)", Targets=[target])
    stack.write()
    return tmp_path / "cdk.out"


@pytest.fixture
def aws(assembly: Path, tmp_path: Path) -> Iterator[EmbeddedAws]:
    with EmbeddedAws.start(assembly, tmp_path / "work", ticking=False) as aws:
        yield aws


def counts(sqs: Any, url: str) -> list[str]:
    """How many messages of a queue are visible, and how many in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return [found[name] for name in names]


def test_messages_go_through_the_deployed_function_until_all_is_idle(aws: EmbeddedAws) -> None:
    sqs = aws.client("sqs")
    url = aws.output("Queue")
    for body in ("good", "bad", "good"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    wait_until(lambda: counts(sqs, url) == ["0", "1"] and not aws.mappings.active)
    with pytest.raises(NotIdleError, match="1 messages in"):
        aws.wait_until_idle(timeout=0.1)
    aws.clock.advance(VISIBILITY + 1)
    aws.wait_until_idle(timeout=60)
    (dead,) = sqs.receive_message(QueueUrl=aws.output("Dead"))["Messages"]
    assert dead["Body"] == "bad"


def test_schedules_call_the_function_at_the_embedded_time(aws: EmbeddedAws) -> None:
    aws.clock.advance(3601)
    assert len(aws.schedules.tick()) == 1
    log = aws.functions.log_file(aws.output("Function")).read_text()
    _, moment, event = log.split(maxsplit=2)
    assert abs(float(moment) - aws.clock.now()) < 600
    assert event.strip() == "Scheduled Event"


def test_no_thread_is_left_after_the_end(assembly: Path, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with EmbeddedAws.start(assembly, tmp_path / "work") as aws:
        aws.client("sqs").send_message(QueueUrl=aws.output("Queue"), MessageBody="good")
        aws.wait_until_idle(timeout=60)
    assert set(threading.enumerate()) <= before


def test_one_can_follow_another_and_starts_empty(assembly: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        with EmbeddedAws.start(assembly, tmp_path / name) as aws:
            aws.wait_until_idle(timeout=60)
            url = aws.output("Dead")
            assert "Messages" not in aws.client("sqs").receive_message(QueueUrl=url)
            aws.client("sqs").send_message(QueueUrl=url, MessageBody="left")


def test_what_is_being_done_is_told(assembly: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    with EmbeddedAws.start(assembly, tmp_path / "work", on_step=steps.append):
        assert "deploying the stacks" in steps


def test_a_start_that_fails_leaves_nothing_running(assembly: Path, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(AssemblyError):
        EmbeddedAws.start(tmp_path / "none", tmp_path / "work")
    assert set(threading.enumerate()) <= before
    with EmbeddedAws.start(assembly, tmp_path / "work") as aws:
        assert aws.worker is None
