"""Synchronous Express workflows run as Step Functions runs them."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest

from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.probe import wait_until
from tests.integration.embedded.workflow_sample import Workflows


@pytest.fixture
def workflows(tmp_path: Path) -> Iterator[Workflows]:
    with EmbeddedServer(tmp_path / "work") as server:
        yield Workflows(server, tmp_path / "cdk.out")


def test_a_synchronous_execution_answers_with_its_output(workflows: Workflows) -> None:
    answer = workflows.run("Plain", id=1)
    assert answer["status"] == "SUCCEEDED"
    assert json.loads(answer["output"]) == {"seen": {"id": 1}}
    assert answer["startDate"] <= answer["stopDate"]
    assert answer["billingDetails"]["billedDurationInMilliseconds"] >= 100
    assert ":express:" in answer["executionArn"]


def test_a_client_reaches_it_with_the_servers_environment_alone(
    workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in workflows.server.environment.items():
        monkeypatch.setenv(name, value)
    client = boto3.session.Session().client("stepfunctions")
    answer = client.start_sync_execution(stateMachineArn=workflows.arns["Plain"], input="{}")
    client.close()
    assert answer["status"] == "SUCCEEDED"


def test_a_failed_synchronous_execution_is_an_answer_not_an_error(workflows: Workflows) -> None:
    answer = workflows.run("Plain", do="fail")
    assert answer["status"] == "FAILED"
    assert answer["error"] == "TooHeavy"
    assert json.loads(answer["cause"])["errorMessage"] == "needs more"
    assert "output" not in answer


def test_a_standard_workflow_cannot_run_synchronously(workflows: Workflows) -> None:
    with pytest.raises(workflows.client.exceptions.StateMachineTypeNotSupported):
        workflows.run("Standard")


def test_names_of_express_executions_may_repeat(workflows: Workflows) -> None:
    arn = workflows.arns["Plain"]
    for _ in range(2):
        answer = workflows.client.start_sync_execution(stateMachineArn=arn, name="same")
        assert answer["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("machine", "event", "error"),
    [
        ("Plain", {"do": "leave"}, "Runtime.ExitError"),
        ("Direct", {"do": "leave"}, "Runtime.ExitError"),
        ("Direct", {"do": "fail"}, "TooHeavy"),
        ("SlowFunction", {}, "Sandbox.Timedout"),
    ],
)
def test_errors_of_functions_have_step_functions_names(
    workflows: Workflows, machine: str, event: dict[str, str], error: str
) -> None:
    assert workflows.run(machine, **event)["error"] == error


def test_a_throttled_function_is_named_so(workflows: Workflows, tmp_path: Path) -> None:
    started, go = tmp_path / "started", tmp_path / "go"
    event = {"do": "wait", "started": str(started), "go": str(go)}
    with ThreadPoolExecutor(1) as callers:
        first = callers.submit(workflows.run, "OneAtATime", **event)
        wait_until(started.exists)
        assert workflows.run("OneAtATime")["error"] == "Lambda.TooManyRequestsException"
        go.touch()
        assert first.result()["status"] == "SUCCEEDED"


def test_a_caught_error_takes_the_other_way(workflows: Workflows) -> None:
    answer = workflows.run("Caught", do="fail")
    assert json.loads(answer["output"]) == {"handed": "on"}


def test_a_retried_state_is_tried_again(workflows: Workflows, tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    assert workflows.run("Retried", do="fail_twice", tries=str(tries))["status"] == "SUCCEEDED"
    assert tries.read_text() == "xxx"


def test_a_state_ends_at_its_time_limit(workflows: Workflows, tmp_path: Path) -> None:
    event = {"do": "wait", "started": str(tmp_path / "started"), "go": str(tmp_path / "go")}
    answer = workflows.run("ShortState", **event)
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Timeout")


def test_a_workflow_ends_at_its_time_limit(workflows: Workflows, tmp_path: Path) -> None:
    event = {"do": "wait", "started": str(tmp_path / "started"), "go": str(tmp_path / "go")}
    answer = workflows.run("ShortMachine", **event)
    assert (answer["status"], answer["error"]) == ("TIMED_OUT", "States.Timeout")


def test_many_executions_run_side_by_side_and_one_after_another(workflows: Workflows) -> None:
    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(lambda number: workflows.run("Plain", id=number), range(500)))
    assert [json.loads(a["output"])["seen"]["id"] for a in answers] == list(range(500))


def test_a_slow_execution_does_not_hold_up_another(workflows: Workflows, tmp_path: Path) -> None:
    started, go = tmp_path / "started", tmp_path / "go"
    event = {"do": "wait", "started": str(started), "go": str(go)}
    with ThreadPoolExecutor(1) as callers:
        slow = callers.submit(workflows.run, "Plain", **event)
        wait_until(started.exists)
        assert workflows.run("Plain")["status"] == "SUCCEEDED"
        go.touch()
        assert slow.result()["status"] == "SUCCEEDED"
