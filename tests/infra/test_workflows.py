"""Workflows: what is tried again, what is answered, what is logged."""

from typing import Any

import pytest

from moonwalk.contracts.tasks import decode_answer, decode_heavy_message
from moonwalk.domain.request import QueueClass
from moonwalk.domain.task import Status
from tests.infra.templates import Templates


@pytest.fixture(scope="module")
def light(templates: Templates) -> dict[str, Any]:
    return templates.pipeline.definition("EXPRESS")


@pytest.fixture(scope="module")
def heavy(templates: Templates) -> dict[str, Any]:
    return templates.pipeline.definition("STANDARD")


def test_the_retries_of_the_light_lane_fit_into_its_time(light: dict[str, Any]) -> None:
    walk = light["States"]["Walk"]
    retry = walk["Retry"][0]
    waits = [
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** turn, retry["MaxDelaySeconds"])
        for turn in range(retry["MaxAttempts"])
    ]
    assert retry["JitterStrategy"] == "FULL"
    assert walk["TimeoutSeconds"] + sum(waits) <= light["TimeoutSeconds"]


def test_a_walker_that_went_down_under_a_crash_answers_too_heavy(light: dict[str, Any]) -> None:
    caught = light["States"]["Walk"]["Catch"][0]
    assert {"States.Timeout", "Lambda.Unknown", "Runtime.ExitError"} <= set(caught["ErrorEquals"])
    parameters = light["States"][caught["Next"]]["Parameters"]
    answer = decode_answer({**parameters, "reason": "Lambda.Unknown"})
    assert answer.status is Status.TOO_HEAVY
    assert parameters["reason.$"] == caught["ResultPath"] + ".Error"


def test_other_errors_of_the_walker_fail_the_light_workflow(light: dict[str, Any]) -> None:
    walk = light["States"]["Walk"]
    named = {error for rule in walk["Retry"] + walk["Catch"] for error in rule["ErrorEquals"]}
    assert not named & {"States.ALL", "States.TaskFailed"}


def test_the_heavy_workflow_waits_in_the_queue_of_the_class(heavy: dict[str, Any]) -> None:
    choices = heavy["States"][heavy["StartAt"]]["Choices"]
    assert {choice["StringEquals"] for choice in choices} == set(QueueClass)
    for choice in choices:
        wait = heavy["States"][choice["Next"]]
        assert wait["Resource"].endswith(":states:::sqs:sendMessage.waitForTaskToken")
        assert choice["StringEquals"].capitalize() in wait["Parameters"]["QueueUrl"]


def test_no_heartbeat_runs_while_nobody_has_picked_a_task_up(heavy: dict[str, Any]) -> None:
    assert not any("HeartbeatSeconds" in state for state in heavy["States"].values())


def test_a_worker_s_failure_is_not_sent_to_the_queue_again(heavy: dict[str, Any]) -> None:
    retried = {
        error
        for state in heavy["States"].values()
        for rule in state.get("Retry", [])
        for error in rule["ErrorEquals"]
    }
    assert retried
    assert all(error.lower().startswith("sqs.") for error in retried)


def test_a_worker_understands_the_message_of_the_heavy_workflow(heavy: dict[str, Any]) -> None:
    wait = heavy["States"]["AwaitStandardWorker"]
    task = {
        "schema": 1,
        "crash_id": "0b6b7a2c-9a01-4a5e-8f0e-4bd1d0261123",
        "ruleset": "default",
        "queue": "standard",
        "origin": "text",
        "message": {"id": "1", "first_seen": 1.0, "tries": 1},
        "since": 1,
        "attempt": 1,
        "lane": "heavy",
        "dumps": [],
    }
    by_path = {"$": task, "$$.Task.Token": "a token"}
    body = {
        key.removesuffix(".$"): by_path[value] if key.endswith(".$") else value
        for key, value in wait["Parameters"]["MessageBody"].items()
    }
    found, token = decode_heavy_message(body)
    assert found.request.queue is QueueClass.STANDARD
    assert token == "a token"


def test_a_failed_heavy_workflow_tells_error_and_cause(heavy: dict[str, Any]) -> None:
    for state in heavy["States"].values():
        for rule in state.get("Catch", []):
            end = heavy["States"][rule["Next"]]
            assert end["Type"] == "Fail"
            assert end["CausePath"] == rule["ResultPath"] + ".Cause"


def test_workflows_log_errors_without_payloads_and_are_traced(templates: Templates) -> None:
    machines = templates.pipeline.properties("AWS::StepFunctions::StateMachine")
    assert len(machines) == 2
    for machine in machines:
        logging = machine["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)
        assert machine["TracingConfiguration"] == {"Enabled": True}
