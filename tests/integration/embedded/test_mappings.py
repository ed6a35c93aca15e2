"""Messages reach functions as Lambda's event-source mappings bring them."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from cli.embedded.clock import EmbeddedClock
from cli.embedded.functions import Invocation, TooManyInvocations
from cli.embedded.mappings import Mappings
from cli.embedded.poller import PollerContext
from cli.embedded.queues import EmbeddedQueues
from tests.integration.embedded.conftest import function_code

Client = Callable[[str], Any]
Records = list[dict[str, Any]]
VISIBILITY = 60
MOST_RECEIVES = 3


@dataclass
class Rig:
    """A queue with its dead-letter queue, a mapping, and a function that the test answers for."""

    client: Client
    clock: EmbeddedClock
    url: str
    dead_url: str
    uuid: str
    answer: Callable[[Records], Any]
    batches: list[Records] = field(default_factory=list)
    most_at_once: int = 0
    running: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def invoke(self, _: str, payload: bytes) -> Invocation:
        records: Records = json.loads(payload)["Records"]
        with self.lock:
            self.batches.append(records)
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
        try:
            return Invocation(json.dumps(self.answer(records)).encode(), None, "")
        except ZeroDivisionError:
            return Invocation(b'{"errorMessage": "division by zero"}', "Unhandled", "")
        finally:
            with self.lock:
                self.running -= 1

    def send(self, *bodies: str) -> None:
        sqs = self.client("sqs")
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(n), "MessageBody": body}
                for n, body in enumerate(bodies[start : start + 10])
            ]
            sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def counts(self, url: str) -> tuple[int, int]:
        """Visible messages and messages in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        visible, in_flight = (int(found["Attributes"][name]) for name in names)
        return visible, in_flight

    def has_tried(self, times: int) -> bool:
        return len(self.batches) == times and not self.running

    def bodies(self) -> list[str]:
        return [record["body"] for batch in list(self.batches) for record in batch]


@pytest.fixture
def rig(client: Client, clock: EmbeddedClock, queues: EmbeddedQueues) -> Callable[..., Any]:
    @contextmanager
    def make(answer: Callable[[Records], Any] = lambda _: None, **mapping: Any) -> Iterator[Rig]:
        sqs, functions = client("sqs"), client("lambda")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        policy = {"deadLetterTargetArn": f"{ARN}:dead", "maxReceiveCount": MOST_RECEIVES}
        attributes = {"VisibilityTimeout": str(VISIBILITY), "RedrivePolicy": json.dumps(policy)}
        url = sqs.create_queue(QueueName="crashes", Attributes=attributes)["QueueUrl"]
        functions.create_function(
            FunctionName="dispatcher",
            Runtime="python3.13",
            Role=_role(client("iam")),
            Handler="handler.handle",
            Code={"ZipFile": function_code()},
        )
        made = Rig(client, clock, url, dead, "", answer)
        with Mappings(PollerContext(clock, queues, made.invoke)):
            made.uuid = functions.create_event_source_mapping(
                FunctionName="dispatcher", EventSourceArn=f"{ARN}:crashes", **mapping
            )["UUID"]
            yield made

    return make


def _role(iam: Any) -> str:
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    policy = {"Version": "2012-10-17", "Statement": [trusted | {"Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps(policy))
    return str(role["Role"]["Arn"])


ARN = "arn:aws:sqs:us-east-1:123456789012"
REPORTS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def until(condition: Callable[[], object]) -> None:
    """Waits for something that other threads bring about; the test's own timeout bounds it."""
    while not condition():
        time.sleep(0.01)


def test_a_message_arrives_as_lambdas_sqs_event_and_is_deleted(rig: Any, client: Client) -> None:
    with rig() as r:
        sent = client("sqs").send_message(
            QueueUrl=r.url,
            MessageBody="crash",
            MessageAttributes={"origin": {"DataType": "String", "StringValue": "collector"}},
        )
        until(lambda: r.batches and r.counts(r.url) == (0, 0))
    ((record,),) = r.batches
    assert record.pop("receiptHandle")
    assert record.pop("messageId") == sent["MessageId"]
    assert set(record["attributes"]) == {
        "ApproximateReceiveCount",
        "SentTimestamp",
        "SenderId",
        "ApproximateFirstReceiveTimestamp",
    }
    assert record.pop("attributes")["ApproximateReceiveCount"] == "1"
    assert record == {
        "body": "crash",
        "messageAttributes": {
            "origin": {
                "stringValue": "collector",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            }
        },
        "md5OfBody": sent["MD5OfMessageBody"],
        "md5OfMessageAttributes": sent["MD5OfMessageAttributes"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"{ARN}:crashes",
        "awsRegion": "us-east-1",
    }


def test_only_the_listed_failures_of_a_batch_stay_in_the_queue(rig: Any) -> None:
    def bad_ones(records: Records) -> Any:
        bad = [r["messageId"] for r in records if r["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in bad]}

    with rig(bad_ones, **REPORTS) as r:
        r.send("good", "bad", "good")
        until(lambda: len(r.bodies()) == 3 and r.counts(r.url) == (0, 1))
        r.clock.advance(VISIBILITY + 1)
        until(lambda: len(r.bodies()) == 4)
    assert r.batches[-1][0]["body"] == "bad"
    assert r.batches[-1][0]["attributes"]["ApproximateReceiveCount"] == "2"


@pytest.mark.parametrize(
    "answer",
    [
        {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"id": "misnamed"}]},
        {"batchItemFailures": "all"},
        ["no", "object"],
    ],
)
def test_a_malformed_answer_leaves_the_whole_batch_in_the_queue(rig: Any, answer: Any) -> None:
    with rig(lambda _: answer, **REPORTS) as r:
        r.send("one", "two")
        until(lambda: len(r.bodies()) == 2 and not r.running)
    assert r.counts(r.url) == (0, 2)


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}]
)
def test_an_answer_without_failures_deletes_the_whole_batch(rig: Any, answer: Any) -> None:
    with rig(lambda _: answer, **REPORTS) as r:
        r.send("one", "two")
        until(lambda: len(r.bodies()) == 2 and r.counts(r.url) == (0, 0))


def test_failures_count_for_nothing_when_the_mapping_does_not_ask_for_them(rig: Any) -> None:
    def all_of_them(records: Records) -> Any:
        return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in records]}

    with rig(all_of_them) as r:
        r.send("one")
        until(lambda: r.batches and r.counts(r.url) == (0, 0))


def test_a_message_that_always_fails_ends_in_the_dead_letter_queue(rig: Any) -> None:
    with rig(lambda _: 1 / 0) as r:
        r.send("poison")
        for tries in range(1, MOST_RECEIVES + 1):
            until(partial(r.has_tried, tries))
            r.clock.advance(VISIBILITY + 1)
        until(lambda: r.counts(r.dead_url) == (1, 0))
        assert r.counts(r.url) == (0, 0)
    received = [b[0]["attributes"]["ApproximateReceiveCount"] for b in r.batches]
    assert received == ["1", "2", "3"]


def test_a_throttled_batch_is_back_in_the_queue_after_a_pause(rig: Any) -> None:
    throttled = threading.Event()

    def busy_at_first(_: Records) -> None:
        if not throttled.is_set():
            throttled.set()
            raise TooManyInvocations

    with rig(busy_at_first, ScalingConfig={"MaximumConcurrency": 2}) as r:
        r.send("one")
        until(throttled.is_set)
        r.clock.advance(1)
        until(lambda: len(r.batches) == 2 and r.counts(r.url) == (0, 0))


def test_a_backlog_stays_in_the_queue_but_for_what_is_invoked(rig: Any) -> None:
    gate = threading.Semaphore(0)
    with rig(lambda _: gate.acquire(), BatchSize=2, ScalingConfig={"MaximumConcurrency": 5}) as r:
        r.send(*map(str, range(500)))
        until(lambda: r.running == 5)
        visible, in_flight = r.counts(r.url)
        assert visible + in_flight == 500
        assert in_flight <= 10
        gate.release(500)
        until(lambda: r.counts(r.url) == (0, 0))
    assert r.most_at_once == 5
    assert Counter(r.bodies()) == Counter(map(str, range(500)))


def test_a_queue_at_its_bound_takes_nothing_of_another_s_share(rig: Any, client: Client) -> None:
    gate = threading.Semaphore(0)

    def stuck_with_bulk(records: Records) -> None:
        if records[0]["body"].startswith("bulk"):
            gate.acquire()

    with rig(stuck_with_bulk, BatchSize=5, ScalingConfig={"MaximumConcurrency": 2}) as r:
        fresh = client("sqs").create_queue(QueueName="fresh")["QueueUrl"]
        client("lambda").create_event_source_mapping(
            FunctionName="dispatcher", EventSourceArn=f"{ARN}:fresh", BatchSize=1
        )
        r.send(*(f"bulk {number}" for number in range(500)))
        until(lambda: r.running == 2)
        client("sqs").send_message(QueueUrl=fresh, MessageBody="fresh")
        until(lambda: "fresh" in r.bodies())
        assert len(r.bodies()) == 2 * 5 + 1
        gate.release(500)
        until(lambda: r.counts(r.url) == (0, 0))


def test_a_window_gathers_a_batch_larger_than_one_receive(rig: Any) -> None:
    with rig(BatchSize=25, MaximumBatchingWindowInSeconds=300) as r:
        r.send(*map(str, range(25)))
        until(lambda: r.batches)
    assert len(r.batches[0]) == 25


def test_a_window_that_ends_delivers_what_is_there(rig: Any) -> None:
    with rig(BatchSize=25, MaximumBatchingWindowInSeconds=30) as r:
        r.send("one")
        until(lambda: r.counts(r.url) == (0, 1))
        assert not r.batches
        r.clock.advance(31)
        until(lambda: r.bodies() == ["one"])


def test_a_disabled_mapping_leaves_messages_alone_until_it_is_enabled(
    rig: Any, client: Client
) -> None:
    with rig() as r:
        client("lambda").update_event_source_mapping(UUID=r.uuid, Enabled=False)
        r.send("one")
        time.sleep(0.2)
        assert r.counts(r.url) == (1, 0)
        client("lambda").update_event_source_mapping(UUID=r.uuid, Enabled=True)
        until(lambda: r.bodies() == ["one"])


def test_a_mapping_made_disabled_delivers_nothing(rig: Any) -> None:
    with rig(Enabled=False) as r:
        r.send("one")
        time.sleep(0.2)
        assert r.counts(r.url) == (1, 0)


def test_more_concurrency_counts_at_once(rig: Any, client: Client) -> None:
    gate = threading.Semaphore(0)
    with rig(lambda _: gate.acquire(), BatchSize=1, ScalingConfig={"MaximumConcurrency": 2}) as r:
        r.send(*"abcdef")
        until(lambda: r.running == 2)
        client("lambda").update_event_source_mapping(
            UUID=r.uuid, ScalingConfig={"MaximumConcurrency": 4}
        )
        until(lambda: r.running == 4)
        gate.release(6)


def test_a_deleted_mapping_delivers_no_more(rig: Any, client: Client) -> None:
    with rig() as r:
        client("lambda").delete_event_source_mapping(UUID=r.uuid)
        r.send("one")
        time.sleep(0.2)
        assert r.counts(r.url) == (1, 0)


def test_no_thread_is_left_when_the_mappings_end(rig: Any) -> None:
    with rig() as r:
        r.send("one")
        until(lambda: r.batches)
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(("poller-", "mapping-"))]


def test_receivers_side_by_side_never_get_the_same_message(
    client: Client, queues: EmbeddedQueues
) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="shared")["QueueUrl"]
    (queue,) = queues.all()
    taken: list[str] = []

    def take() -> None:
        while messages := queues.receive(queue, 10, 0, give_up=lambda: False):
            for message in messages:
                taken.append(message.body)
                queues.delete(queue, message)

    for start in range(0, 300, 10):
        entries = [{"Id": str(n), "MessageBody": str(n)} for n in range(start, start + 10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    takers = [threading.Thread(target=take) for _ in range(8)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert Counter(taken) == Counter(map(str, range(300)))
    assert queues.unfinished(queue) == 0
