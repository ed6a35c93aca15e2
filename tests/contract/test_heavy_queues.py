"""The heavy lane's queues and task tokens, as its worker meets them."""

import json
from collections.abc import Callable
from http import HTTPStatus

import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.heavy_backlog import SqsHeavyBacklog
from moonwalk.adapters.heavy_queues import (
    HeavyMessage,
    HeavyQueues,
    PackingMessage,
    UnreadableMessageError,
)
from moonwalk.adapters.symbol_queue import SqsSymbolQueue
from moonwalk.adapters.task_answers import NOBODY_WAITS, TaskAnswers
from moonwalk.contracts.tasks import (
    SCHEMA,
    SCHEMA_KEY,
    TASK,
    TASK_TOKEN,
    encode_answer,
    encode_task,
)
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.knobs import KnobQueue
from moonwalk.domain.lane import Lane
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Answer, Status
from tests.builders import task
from tests.contract.canned_aws import CannedAws
from tests.contract.worlds import SqsWorld

HEAVY = task(lane=Lane.HEAVY)
BODY = {SCHEMA_KEY: SCHEMA, TASK: encode_task(HEAVY), TASK_TOKEN: "token"}
DONE = Answer(Status.PROCESSED)


@pytest.fixture
def world(make_queues: Callable[[str], SqsWorld]) -> SqsWorld:
    return make_queues("heavy")


@pytest.fixture
def packing_url(world: SqsWorld) -> str:
    return world.client.create_queue(QueueName="packing")["QueueUrl"]


@pytest.fixture
def queues(world: SqsWorld, packing_url: str) -> HeavyQueues:
    return HeavyQueues(world.client, aws.receiving_sqs(2), world.urls, packing_url)


def send(world: SqsWorld, queue: QueueClass, body: object = BODY) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    world.client.send_message(QueueUrl=world.urls[queue], MessageBody=text)


def receive(queues: HeavyQueues) -> HeavyMessage | PackingMessage | None:
    return queues.receive(list(QueueClass), packs=True, seconds=0)


def task_of(queues: HeavyQueues) -> HeavyMessage:
    found = receive(queues)
    assert isinstance(found, HeavyMessage)
    return found


def test_what_has_priority_is_received_first_and_bulk_work_last(
    world: SqsWorld, queues: HeavyQueues
) -> None:
    for queue in reversed(QueueClass):
        send(world, queue)
    received = [task_of(queues) for _ in QueueClass]
    assert [found.queue for found in received] == list(QueueClass)
    assert receive(queues) is None


def test_symbols_are_packed_after_fresh_crashes_and_before_bulk_work(
    world: SqsWorld, queues: HeavyQueues, packing_url: str
) -> None:
    SqsSymbolQueue(world.client, packing_url).hand_on("symbols")
    for queue in QueueClass:
        send(world, queue)
    received = [receive(queues) for _ in range(4)]
    kinds = [
        each.body if isinstance(each, PackingMessage) else each and each.queue for each in received
    ]
    assert kinds == [QueueClass.PRIORITY, QueueClass.STANDARD, "symbols", QueueClass.REPROCESSING]


def test_symbols_are_left_where_they_are_when_there_is_no_room_for_them(
    world: SqsWorld, queues: HeavyQueues, packing_url: str
) -> None:
    SqsSymbolQueue(world.client, packing_url).hand_on("symbols")
    assert queues.receive(list(QueueClass), packs=False, seconds=0) is None
    assert isinstance(receive(queues), PackingMessage)


def test_no_further_queue_is_looked_into_once_nothing_is_wanted(
    world: SqsWorld, queues: HeavyQueues
) -> None:
    send(world, QueueClass.REPROCESSING)
    looks = iter([False, False, False, True])
    found = queues.receive(list(QueueClass), packs=True, seconds=0, is_over=lambda: next(looks))
    assert found is None
    assert task_of(queues).queue is QueueClass.REPROCESSING


def test_a_look_that_is_not_answered_is_not_repeated(
    canned_aws: CannedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", canned_aws.url)
    canned_aws.answers.append((HTTPStatus.SERVICE_UNAVAILABLE, {}))
    url = f"{canned_aws.url}/1/queue"
    client = aws.receiving_sqs(2)
    queues = HeavyQueues(client, client, dict.fromkeys(QueueClass, url), url)
    with pytest.raises(RetryLater):
        receive(queues)
    assert len(canned_aws.asked) == 1


def test_a_look_waits_only_where_a_slot_that_comes_free_cannot_change_it(
    canned_aws: CannedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", canned_aws.url)
    url = f"{canned_aws.url}/1/queue"
    client = aws.receiving_sqs(2)
    queues = HeavyQueues(client, client, dict.fromkeys(QueueClass, url), url)

    def waited(*classes: QueueClass) -> list[int]:
        canned_aws.answers[:] = [(HTTPStatus.OK, {})] * (len(classes) + 1)
        canned_aws.asked.clear()
        assert queues.receive(classes, packs=False, seconds=2) is None
        return [each.body["WaitTimeSeconds"] for each in canned_aws.asked]

    assert waited(*QueueClass) == [0, 0, 0, 2]
    assert waited(QueueClass.PRIORITY, QueueClass.STANDARD) == [0, 0]


def test_classes_that_are_not_wanted_are_left_where_they_are(
    world: SqsWorld, queues: HeavyQueues, packing_url: str
) -> None:
    for queue in QueueClass:
        send(world, queue)
    SqsSymbolQueue(world.client, packing_url).hand_on("symbols")
    fresh = [QueueClass.PRIORITY, QueueClass.STANDARD]
    taken = [queues.receive(fresh, packs=False, seconds=0) for _ in range(3)]
    assert [each and each.queue for each in taken if not isinstance(each, PackingMessage)] == [
        *fresh,
        None,
    ]
    assert isinstance(queues.receive([], packs=True, seconds=0), PackingMessage)
    assert queues.receive([], packs=True, seconds=0) is None
    assert task_of(queues).queue is QueueClass.REPROCESSING


def test_nothing_is_received_from_a_paused_queue_and_the_others_go_on(
    world: SqsWorld, packing_url: str
) -> None:
    paused = {KnobQueue.HEAVY_PRIORITY, KnobQueue.HEAVY_SYMBOLS}
    queues = HeavyQueues(world.client, world.client, world.urls, packing_url, paused.__contains__)
    for queue in QueueClass:
        send(world, queue)
    SqsSymbolQueue(world.client, packing_url).hand_on("symbols")
    found = [receive(queues) for _ in range(3)]
    assert [each and getattr(each, "queue", None) for each in found] == [
        QueueClass.STANDARD,
        QueueClass.REPROCESSING,
        None,
    ]
    paused.clear()
    first, second = receive(queues), receive(queues)
    assert isinstance(first, HeavyMessage)
    assert first.queue is QueueClass.PRIORITY
    assert isinstance(second, PackingMessage)


def test_a_worker_whose_queues_are_all_paused_waits_all_the_same(
    world: SqsWorld, packing_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("moonwalk.adapters.heavy_queues.time.sleep", waited.append)
    queues = HeavyQueues(world.client, world.client, world.urls, packing_url, lambda _: True)
    assert queues.receive(list(QueueClass), packs=True, seconds=2) is None
    assert waited == [2]


def test_symbols_come_back_when_they_are_shown_again_and_not_when_they_are_deleted(
    world: SqsWorld, queues: HeavyQueues, packing_url: str
) -> None:
    SqsSymbolQueue(world.client, packing_url).hand_on("symbols")
    for tries in (1, 2):
        found = receive(queues)
        assert isinstance(found, PackingMessage)
        assert (found.body, found.message.tries) == ("symbols", tries)
        assert found.message.first_seen > 0
        assert queues.delay_packing(found, 0)
    found = receive(queues)
    assert isinstance(found, PackingMessage)
    queues.delete_packing(found)
    assert not queues.delay_packing(found, 0)
    assert receive(queues) is None


def test_a_message_is_a_task_with_its_token_and_tries(world: SqsWorld, queues: HeavyQueues) -> None:
    send(world, QueueClass.STANDARD)
    for tries in (1, 2):
        found = task_of(queues)
        assert (found.task, found.token, found.tries) == (HEAVY, "token", tries)
        assert "'token'" not in repr(found), "whatever prints a message prints a credential"
        world.client.change_message_visibility(
            QueueUrl=world.urls[found.queue],
            ReceiptHandle=found.receipt_handle,
            VisibilityTimeout=0,
        )


def test_a_deleted_message_is_gone(world: SqsWorld, queues: HeavyQueues) -> None:
    send(world, QueueClass.STANDARD)
    queues.delete(task_of(queues))
    left = world.client.get_queue_attributes(
        QueueUrl=world.urls[QueueClass.STANDARD],
        AttributeNames=["ApproximateNumberOfMessagesNotVisible"],
    )
    assert left["Attributes"] == {"ApproximateNumberOfMessagesNotVisible": "0"}


def test_a_message_waits_for_a_worker_until_one_has_it_in_hand(
    world: SqsWorld, queues: HeavyQueues
) -> None:
    urls = {KnobQueue.heavy(queue): url for queue, url in world.urls.items()}
    backlog = SqsHeavyBacklog(world.client, urls)
    assert not any(map(backlog.waits, urls))
    send(world, QueueClass.STANDARD)
    assert [*filter(backlog.waits, urls)] == [KnobQueue.HEAVY_STANDARD]
    task_of(queues)
    assert not any(map(backlog.waits, urls))


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "[" * 100_000,
        BODY | {TASK_TOKEN: ""},
        BODY | {TASK: {}},
        {TASK: BODY[TASK]},
    ],
    ids=["text", "list", "deep", "no token", "no task", "no schema"],
)
def test_a_message_that_is_none_of_ours_is_named_and_not_deleted(
    world: SqsWorld, queues: HeavyQueues, body: object
) -> None:
    send(world, QueueClass.STANDARD, body)
    with pytest.raises(UnreadableMessageError, match="of the heavy standard queue"):
        receive(queues)
    left = world.client.get_queue_attributes(
        QueueUrl=world.urls[QueueClass.STANDARD],
        AttributeNames=["ApproximateNumberOfMessagesNotVisible"],
    )
    assert left["Attributes"] == {"ApproximateNumberOfMessagesNotVisible": "1"}


def test_a_task_is_answered_under_its_token(canned_aws: CannedAws) -> None:
    canned_aws.answers.append((HTTPStatus.OK, {}))
    assert TaskAnswers(aws.stepfunctions()).give("token", DONE)
    [asked] = canned_aws.asked
    assert (asked.operation, asked.body["taskToken"]) == ("SendTaskSuccess", "token")
    assert json.loads(asked.body["output"]) == encode_answer(DONE)


@pytest.mark.parametrize("code", sorted(NOBODY_WAITS))
def test_an_answer_that_nobody_waits_for_is_no_failure(canned_aws: CannedAws, code: str) -> None:
    canned_aws.answers.append((HTTPStatus.BAD_REQUEST, {"__type": code}))
    assert not TaskAnswers(aws.stepfunctions()).give("token", DONE)


def test_a_refused_answer_is_the_worlds_failure_and_quotes_no_token(canned_aws: CannedAws) -> None:
    canned_aws.answers.append((HTTPStatus.BAD_REQUEST, {"__type": "AccessDeniedException"}))
    with pytest.raises(RetryLater) as raised:
        TaskAnswers(aws.stepfunctions()).give("s3cret", DONE)
    assert raised.value.code is RetryCode.UNAVAILABLE
    assert "s3cret" not in raised.value.detail
