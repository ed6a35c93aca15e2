"""Queues: none without its dead-letter queue, its times and its alarms."""

import pytest

from infra.settings import Settings
from moonwalk.domain.request import QueueClass
from tests.infra.templates import Template, Templates

ALARMS_OF_A_QUEUE = {
    ("ApproximateNumberOfMessagesVisible", False),
    ("ApproximateAgeOfOldestMessage", False),
    ("ApproximateNumberOfMessagesVisible", True),
}


@pytest.fixture(scope="module")
def pipeline(templates: Templates) -> Template:
    return templates.pipeline


def working_queues(pipeline: Template) -> dict[str, dict[str, object]]:
    return {
        key: queue["Properties"]
        for key, queue in pipeline.of_type("AWS::SQS::Queue").items()
        if "RedrivePolicy" in queue["Properties"]
    }


def test_each_lane_has_a_queue_for_each_class_and_symbols_have_two(pipeline: Template) -> None:
    assert len(working_queues(pipeline)) == 2 * len(QueueClass) + 2


def test_each_queue_has_a_dead_letter_queue_of_its_own(pipeline: Template) -> None:
    targets = {
        str(queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0])  # type: ignore[index]
        for queue in working_queues(pipeline).values()
    }
    others = pipeline.of_type("AWS::SQS::Queue").keys() - working_queues(pipeline).keys()
    assert targets == others


def test_dead_letters_outlive_the_queue_they_come_from(pipeline: Template) -> None:
    retention = {
        key: queue["Properties"]["MessageRetentionPeriod"]
        for key, queue in pipeline.of_type("AWS::SQS::Queue").items()
    }
    living = {retention.pop(key) for key in working_queues(pipeline)}
    assert max(living) < min(retention.values())


def test_sqs_gives_a_message_up_later_than_its_readers_do(pipeline: Template) -> None:
    for queue in working_queues(pipeline).values():
        receives = queue["RedrivePolicy"]["maxReceiveCount"]  # type: ignore[index]
        assert receives > Settings().max_tries


def test_each_queue_has_alarms_on_depth_on_age_and_on_dead_letters(pipeline: Template) -> None:
    seen: dict[str, set[tuple[str, bool]]] = {key: set() for key in working_queues(pipeline)}
    for alarm in pipeline.properties("AWS::CloudWatch::Alarm"):
        queue = alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        owner = next(key for key in seen if key[:-13] == queue[: len(key[:-13])])
        seen[owner].add((alarm["MetricName"], queue not in seen))
    assert set(map(frozenset, seen.values())) == {frozenset(ALARMS_OF_A_QUEUE)}


def test_every_queue_refuses_connections_without_tls(pipeline: Template) -> None:
    guarded = {
        policy["Queues"][0]["Ref"]
        for policy in pipeline.properties("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert guarded == pipeline.of_type("AWS::SQS::Queue").keys()


def test_each_queue_of_a_function_stays_invisible_six_times_as_long_as_its_reader_may_run(
    pipeline: Template,
) -> None:
    functions = pipeline.of_type("AWS::Lambda::Function")
    sources = pipeline.properties("AWS::Lambda::EventSourceMapping")
    assert len(sources) == len(QueueClass) + 1
    for source in sources:
        timeout = functions[source["FunctionName"]["Ref"]]["Properties"]["Timeout"]
        queue = working_queues(pipeline)[source["EventSourceArn"]["Fn::GetAtt"][0]]
        assert queue["VisibilityTimeout"] >= 6 * timeout


def test_a_packer_takes_one_upload_at_a_time(pipeline: Template) -> None:
    batches = {
        source["EventSourceArn"]["Fn::GetAtt"][0]: source["BatchSize"]
        for source in pipeline.properties("AWS::Lambda::EventSourceMapping")
    }
    [batch] = [size for queue, size in batches.items() if queue.startswith("Symbols")]
    assert batch == 1


def test_bulk_work_at_its_bound_leaves_the_others_their_shares_of_the_account(
    pipeline: Template,
) -> None:
    """A dispatcher is one execution, and each crash that it waits for another."""
    shares = {
        source["EventSourceArn"]["Fn::GetAtt"][0]: source["ScalingConfig"]["MaximumConcurrency"]
        * (1 + source["BatchSize"])
        for source in pipeline.properties("AWS::Lambda::EventSourceMapping")
    }
    [bulk] = [share for queue, share in shares.items() if queue.startswith("IntakeReprocessing")]
    others = sum(shares.values()) - bulk
    assert bulk + others <= Settings().account_concurrency
    assert bulk < others


def test_each_queue_is_read_with_partial_failures_and_bounded_concurrency(
    pipeline: Template,
) -> None:
    for source in pipeline.properties("AWS::Lambda::EventSourceMapping"):
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["ScalingConfig"]["MaximumConcurrency"] >= 2
