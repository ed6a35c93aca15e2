"""The services behave as Moonwalk needs them: events arrive, conditions hold, nothing is left."""

import json
import socket
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.sample import SampleStack

RAW_CRASHES = "v1/raw_crash/"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "work") as server:
        yield server


@pytest.fixture
def stack(tmp_path: Path) -> SampleStack:
    return SampleStack(tmp_path / "cdk.out")


@pytest.fixture
def busy_switching() -> Iterator[None]:
    """Makes threads of this process, the server's too, take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def bodies(server: EmbeddedServer, queue: str) -> list[Any]:
    """What lies in a queue now."""
    answer = server.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def bucket_with(notifications: dict[str, Any], stack: SampleStack) -> None:
    stack.add("Queue", "AWS::SQS::Queue")
    stack.add("Bucket", "AWS::S3::Bucket", NotificationConfiguration=notifications)


def test_servers_may_follow_one_another_and_start_empty(tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    for _ in range(2):
        with EmbeddedServer(tmp_path / "work") as server:
            client = server.client("sqs")
            assert "QueueUrls" not in client.list_queues()
            client.create_queue(QueueName="left-behind")
    assert set(threading.enumerate()) <= threads


def test_a_second_server_in_the_same_process_is_refused(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    assert server.endpoint_url
    with pytest.raises(RuntimeError, match="already runs"), EmbeddedServer(tmp_path / "other"):
        pass


def test_a_taken_port_is_an_error_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match="in use"), EmbeddedServer(tmp_path, port=port):
            pass
    with EmbeddedServer(tmp_path, port=port) as server:
        assert server.endpoint_url == f"http://localhost:{port}"


def test_an_object_reaches_the_queue_its_bucket_notifies(
    server: EmbeddedServer, stack: SampleStack
) -> None:
    only = {"S3Key": {"Rules": [{"Name": "prefix", "Value": RAW_CRASHES}]}}
    queue = {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}
    bucket_with({"QueueConfigurations": [{**queue, "Filter": only}]}, stack)
    made = stack.deploy(server)
    assert [body["Event"] for body in bodies(server, made["Queue"])] == ["s3:TestEvent"]
    s3 = server.client("s3")
    for key in ("v1/dump/other", RAW_CRASHES + "20261123/a b"):
        s3.put_object(Bucket=made["Bucket"], Key=key, Body=b"{}")
    [body] = bodies(server, made["Queue"])
    [record] = body["Records"]
    assert record["s3"]["bucket"]["name"] == made["Bucket"]
    assert urllib.parse.unquote_plus(record["s3"]["object"]["key"]).endswith("20261123/a b")


def test_an_object_reaches_the_queue_of_a_rule_by_way_of_eventbridge(
    server: EmbeddedServer, stack: SampleStack
) -> None:
    bucket_with({"EventBridgeConfiguration": {"EventBridgeEnabled": True}}, stack)
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"object": {"key": [{"prefix": RAW_CRASHES}]}},
    }
    target = {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "Id": "queue"}
    stack.add("Rule", "AWS::Events::Rule", EventPattern=pattern, Targets=[target])
    made = stack.deploy(server)
    for key in ("v1/dump/other", RAW_CRASHES + "20261123/a"):
        server.client("s3").put_object(Bucket=made["Bucket"], Key=key, Body=b"{}")
    [body] = bodies(server, made["Queue"])
    assert body["detail-type"] == "Object Created"
    assert body["detail"]["object"]["key"] == RAW_CRASHES + "20261123/a"


def test_an_event_reaches_the_rules_that_ask_for_it(
    server: EmbeddedServer, stack: SampleStack
) -> None:
    stack.add("Queue", "AWS::SQS::Queue")
    stack.add("Bus", "AWS::Events::EventBus", Name="crashes")
    target = {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "Id": "queue"}
    rules: dict[str, dict[str, Any]] = {
        "Asks": {"EventPattern": {"detail-type": ["crash.processed"]}},
        "AsksOther": {"EventPattern": {"detail-type": ["crash.lost"]}},
        "IsOff": {"EventPattern": {"detail-type": ["crash.processed"]}, "State": "DISABLED"},
    }
    for name, rule in rules.items():
        bus = {"EventBusName": {"Ref": "Bus"}}
        stack.add(name, "AWS::Events::Rule", **rule, **bus, Targets=[target])
    made = stack.deploy(server)
    entry = {"Source": "moonwalk", "DetailType": "crash.processed", "EventBusName": "crashes"}
    answer = server.client("events").put_events(Entries=[{**entry, "Detail": '{"id": 1}'}])
    assert answer["FailedEntryCount"] == 0
    [body] = bodies(server, made["Queue"])
    assert body["detail"] == {"id": 1}


def test_a_schedule_on_the_same_bus_does_not_take_events(
    server: EmbeddedServer, stack: SampleStack
) -> None:
    stack.function("Fn", "def handler(event, context): ...")
    target = {"Arn": {"Fn::GetAtt": ["Fn", "Arn"]}, "Id": "function"}
    schedule = "rate(5 minutes)"
    stack.add("Tick", "AWS::Events::Rule", ScheduleExpression=schedule, Targets=[target])
    stack.deploy(server)
    entry = {"Source": "moonwalk", "DetailType": "crash.processed", "Detail": "{}"}
    assert server.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


@pytest.mark.usefixtures("busy_switching")
def test_of_writers_of_a_new_object_one_wins(server: EmbeddedServer) -> None:
    s3 = server.client("s3")
    location = {"LocationConstraint": server.region}
    s3.create_bucket(Bucket="contended", CreateBucketConfiguration=location)

    def write(key: str) -> bool:
        try:
            s3.put_object(Bucket="contended", Key=key, Body=b"x", IfNoneMatch="*")
        except ClientError as error:
            refusals.add(error.response["Error"]["Code"])
            return False
        return True

    refusals: set[str] = set()
    assert winners(write) == [1] * ROUNDS
    assert refusals == {"PreconditionFailed"}


def ledger(server: EmbeddedServer) -> Any:
    """A client, and a table for it."""
    dynamodb = server.client("dynamodb")
    dynamodb.create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


@pytest.mark.usefixtures("busy_switching")
def test_of_claims_of_a_new_item_one_wins(server: EmbeddedServer) -> None:
    dynamodb = ledger(server)

    def claim(key: str) -> bool:
        condition = "attribute_not_exists(id)"
        try:
            dynamodb.update_item(
                TableName="ledger",
                Key={"id": {"S": key}},
                UpdateExpression="SET attempt = :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
                ConditionExpression=condition,
            )
        except ClientError as error:  # the client's own classes are made anew by racing threads
            refusals.add(error.response["Error"]["Code"])
            return False
        return True

    refusals: set[str] = set()
    assert winners(claim) == [1] * ROUNDS
    assert refusals == {"ConditionalCheckFailedException"}


@pytest.mark.usefixtures("busy_switching")
def test_an_item_may_be_read_and_updated_while_others_update_it(server: EmbeddedServer) -> None:
    dynamodb = ledger(server)
    key = {"id": {"S": "crash"}}

    def add(number: int) -> int:
        """Updates and reads, and tells how often the client had to try again."""
        updated = dynamodb.update_item(
            TableName="ledger",
            Key=key,
            UpdateExpression=f"SET a{number} = :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        read = dynamodb.get_item(TableName="ledger", Key=key)
        return sum(answer["ResponseMetadata"]["RetryAttempts"] for answer in (updated, read))

    with ThreadPoolExecutor(WRITERS) as writers:
        assert sum(writers.map(add, range(WRITERS * ROUNDS))) == 0
    item = dynamodb.get_item(TableName="ledger", Key=key)["Item"]
    assert len(item) == 1 + WRITERS * ROUNDS


ROUNDS = 40
WRITERS = 4


def winners(write: Any) -> list[int]:
    """How many of the writers won, round by round; all write the round's key at the same time."""
    with ThreadPoolExecutor(WRITERS) as writers:
        return [sum(writers.map(write, [f"key-{number}"] * WRITERS)) for number in range(ROUNDS)]
