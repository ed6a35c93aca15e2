"""Standard workflows keep their names, and their task tokens are answered once."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.probe import wait_until
from tests.integration.embedded.workflow_sample import Workflows


@pytest.fixture
def workflows(tmp_path: Path) -> Iterator[Workflows]:
    with EmbeddedServer(tmp_path / "work") as server:
        yield Workflows(server, tmp_path / "cdk.out")


def test_a_standard_execution_keeps_its_name_for_itself(workflows: Workflows) -> None:
    workflows.ended(workflows.start("Standard", "once", id=1))
    with pytest.raises(workflows.client.exceptions.ExecutionAlreadyExists):
        workflows.start("Standard", "once", id=1)
    with pytest.raises(workflows.client.exceptions.ExecutionAlreadyExists):
        workflows.start("Standard", "once", id=2)


def test_starting_a_running_execution_again_gives_the_same_one(workflows: Workflows) -> None:
    event = {"queue": workflows.arns["Queue"], "id": 1}
    first = workflows.start("Token", "once", **event)
    assert workflows.start("Token", "once", **event) == first
    with pytest.raises(workflows.client.exceptions.ExecutionAlreadyExists):
        workflows.start("Token", "once", queue=workflows.arns["Queue"], id=2)


def test_of_callers_at_the_same_moment_one_starts_the_execution(workflows: Workflows) -> None:
    barrier = threading.Barrier(8)

    def start(number: int) -> bool:
        barrier.wait()
        try:
            workflows.start("Standard", "contended", id=number)
        except ClientError as error:  # the client's own classes are made anew by racing threads
            refusals.add(error.response["Error"]["Code"])
            return False
        return True

    refusals: set[str] = set()
    with ThreadPoolExecutor(8) as callers:
        assert sum(callers.map(start, range(8))) == 1
    assert refusals == {"ExecutionAlreadyExists"}


def test_executions_need_no_name(workflows: Workflows) -> None:
    arn = workflows.arns["Standard"]
    started = [workflows.client.start_execution(stateMachineArn=arn) for _ in range(2)]
    assert started[0]["executionArn"] != started[1]["executionArn"]


def test_an_answered_token_ends_its_execution(workflows: Workflows) -> None:
    arn = workflows.start("Token", "answered", queue=workflows.arns["Queue"], id=7)
    message = workflows.handed_over()
    assert message["id"] == 7
    workflows.client.send_task_heartbeat(taskToken=message["token"])
    workflows.client.send_task_success(taskToken=message["token"], output='{"done": true}')
    ended = workflows.ended(arn)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"done": True})


def test_a_token_answered_with_an_error_fails_its_execution(workflows: Workflows) -> None:
    arn = workflows.start("Token", "refused", queue=workflows.arns["Queue"], id=7)
    token = workflows.handed_over()["token"]
    workflows.client.send_task_failure(taskToken=token, error="Poison", cause="third silence")
    ended = workflows.ended(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "Poison")
    assert ended["cause"] == "third silence"


def test_a_token_is_answered_only_once(workflows: Workflows) -> None:
    arn = workflows.start("Token", "twice", queue=workflows.arns["Queue"], id=7)
    token = workflows.handed_over()["token"]
    workflows.client.send_task_success(taskToken=token, output="{}")
    workflows.ended(arn)
    with pytest.raises(workflows.client.exceptions.TaskTimedOut):
        workflows.client.send_task_success(taskToken=token, output="{}")
    with pytest.raises(workflows.client.exceptions.InvalidToken):
        workflows.client.send_task_success(taskToken="never given", output="{}")


def test_closing_ends_executions_that_wait(tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    with EmbeddedServer(tmp_path / "work") as server:
        workflows = Workflows(server, tmp_path / "cdk.out")
        workflows.start("Token", "waits", queue=workflows.arns["Queue"], id=1)
        workflows.handed_over()
    wait_until(lambda: set(threading.enumerate()) <= threads)
