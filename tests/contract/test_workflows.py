"""The two workflows: the one that is waited for, and the one that starts once."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.workflows import SfnWorkflows
from moonwalk.contracts.tasks import decode_task
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import Fence
from moonwalk.domain.task import Answer, Status
from moonwalk.ports import Workflows
from tests import builders
from tests.contract.canned_aws import CannedAws
from tests.fakes import FakeWorkflows

LIGHT = "arn:aws:states:us-east-1:123456789012:stateMachine:light"
TASK = builders.task()


def real(heavy: str = LIGHT) -> SfnWorkflows:
    return SfnWorkflows(aws.waiting_stepfunctions(10), aws.stepfunctions(), LIGHT, heavy)


def ended(status: str = "SUCCEEDED", **more: Any) -> tuple[int, Mapping[str, Any]]:
    return 200, {"executionArn": "e", "startDate": 1, "stopDate": 2, "status": status, **more}


def output(answer: object) -> dict[str, str]:
    return {"output": json.dumps(answer)}


@pytest.fixture(params=["fake", "stepfunctions"])
def answering(request: pytest.FixtureRequest) -> Workflows:
    """Workflows whose light one answers `too_heavy`."""
    if request.param == "fake":
        fake = FakeWorkflows()
        fake.answer = lambda _task: Answer(Status.TOO_HEAVY, "walk_timeout")
        return fake
    canned: CannedAws = request.getfixturevalue("canned_aws")
    answer = {"schema": 1, "status": "too_heavy", "reason": "walk_timeout"}
    canned.answers.append(ended(**output(answer)))
    return real()


def test_the_light_lane_is_waited_for_and_answers(answering: Workflows) -> None:
    assert answering.run_light(TASK) == Answer(Status.TOO_HEAVY, "walk_timeout")


def test_the_express_workflow_gets_the_task_under_its_name(canned_aws: CannedAws) -> None:
    canned_aws.answers.append(ended(**output({"schema": 1, "status": "processed"})))
    assert real().run_light(TASK) == Answer(Status.PROCESSED, None)
    (asked,) = canned_aws.asked
    assert asked.operation == "StartSyncExecution"
    assert (asked.body["stateMachineArn"], asked.body["name"]) == (LIGHT, TASK.name)
    assert decode_task(json.loads(asked.body["input"])) == TASK


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ended("FAILED", error="Lambda.Unknown", cause="secret"), id="failed"),
        pytest.param(ended("TIMED_OUT"), id="timed out"),
        pytest.param(ended(output="no JSON"), id="no JSON"),
        pytest.param(ended(), id="no output"),
        pytest.param(ended(**output({"schema": 99, "status": "processed"})), id="newer schema"),
        pytest.param(ended(**output({"schema": 1, "status": "perhaps"})), id="unknown status"),
        pytest.param(ended(**output(None)), id="null"),
    ],
)
def test_an_end_without_an_answer_is_left_for_later(
    canned_aws: CannedAws, answer: tuple[int, Mapping[str, Any]]
) -> None:
    canned_aws.answers.append(answer)
    with pytest.raises(RetryLater) as failure:
        real().run_light(TASK)
    assert failure.value.code is RetryCode.LIGHT_LANE_FAILED
    assert TASK.name in failure.value.detail
    assert "secret" not in failure.value.detail


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, "ThrottlingException", RetryCode.THROTTLED),
        (400, "StateMachineDoesNotExist", RetryCode.UNAVAILABLE),
        (500, "InternalFailure", RetryCode.UNAVAILABLE),
        (503, "ServiceUnavailable", RetryCode.THROTTLED),
    ],
)
def test_a_synchronous_start_is_never_repeated_by_itself(
    canned_aws: CannedAws, status: int, error: str, code: RetryCode
) -> None:
    canned_aws.answers.append((status, {"__type": error}))
    with pytest.raises(RetryLater) as failure:
        real().run_light(TASK)
    assert failure.value.code is code
    assert len(canned_aws.asked) == 1


def test_a_heavy_task_starts_once_however_often_it_is_asked(aws_url: str) -> None:
    assert aws_url
    client = aws.stepfunctions()
    made = client.create_state_machine(
        name="heavy",
        definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/any",
    )
    workflows = real(heavy=made["stateMachineArn"])
    for fence in (TASK.fence, TASK.fence, Fence(TASK.fence.since, 2)):
        workflows.start_heavy(builders.task(fence=fence))
    found = client.list_executions(stateMachineArn=made["stateMachineArn"])["executions"]
    second = builders.task(fence=Fence(TASK.fence.since, 2))
    assert sorted(run["name"] for run in found) == sorted([TASK.name, second.name])


def test_a_name_that_was_used_is_a_start(canned_aws: CannedAws) -> None:
    canned_aws.answers.append((400, {"__type": "ExecutionAlreadyExists"}))
    real().start_heavy(TASK)
    assert [asked.operation for asked in canned_aws.asked] == ["StartExecution"]


def test_a_heavy_workflow_that_is_missing_is_the_worlds_failure(aws_url: str) -> None:
    assert aws_url
    with pytest.raises(RetryLater) as failure:
        real(heavy=LIGHT).start_heavy(TASK)
    assert failure.value.code is RetryCode.UNAVAILABLE
