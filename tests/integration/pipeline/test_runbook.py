"""Every command of the runbook, run as it stands there against a deployment.

Those of `moonwalk` must do what they say. Those of AWS must be understood, with words in capitals
replaced by what a person on call would take from the stacks' outputs; alarms themselves and ECS's
tasks are not there, so answers may be empty.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.exits import ExitCode
from cli.places import ROOT
from moonwalk.contracts import outputs
from moonwalk.domain.request import QueueClass
from tests.integration.pipeline import aws_command
from tests.integration.pipeline.conftest import deployed
from tests.integration.pipeline.pipeline import EXAMPLE, Pipeline, crash_ids
from tests.runbook import commands
from tests.servers.symbol_server import SymbolServer

pytestmark = pytest.mark.timeout(400)

NOT_EMBEDDED = {
    ("lambda", "get-account-settings"),
    ("service-quotas", "request-service-quota-increase"),
    ("sqs", "start-message-move-task"),
}
"""What moto does not have; `tests/infra/test_runbook.py` holds its options against AWS's models."""
OWN = [command[1:] for command in commands() if command[0] == "moonwalk"]
OF_AWS = [
    command[1:]
    for command in commands()
    if command[0] == "aws" and tuple(command[1:3]) not in NOT_EMBEDDED
]
SOURCE = "public"
STANDS_FOR_SOMETHING = re.compile(r"[A-Z][A-Z_]+")


@dataclass(frozen=True)
class OnCall:
    """Somebody with a terminal, and what the words in capitals stand for."""

    pipeline: Pipeline
    values: Mapping[str, str]

    def run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command of `moonwalk`."""
        aws = self.pipeline.aws
        environment = {
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "AWS_DEFAULT_REGION": aws.region,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *self.filled(words)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, **environment},
        )

    def filled(self, words: list[str]) -> list[str]:
        """Put values in the place of words in capitals."""
        return [STANDS_FOR_SOMETHING.sub(self._value, word) for word in words]

    def _value(self, word: re.Match[str]) -> str:
        return self.values.get(word[0], word[0])


@contextmanager
def at_work(folder: Path, server: SymbolServer) -> Iterator[Pipeline]:
    """Deploy as many do: with the settings' own bounds, and one symbol server."""
    source = {
        "kind": "http",
        "name": SOURCE,
        "address": server.url,
        "networks": ["127.0.0.0/8"],
    }
    with deployed(
        folder,
        symbol_sources=[source],
        priority_concurrency=20,
        standard_concurrency=50,
        reprocessing_concurrency=10,
        light_limit_mib=64,
    ) as pipeline:
        yield pipeline


def values_of(pipeline: Pipeline) -> dict[str, str]:
    """Look up what the runbook leaves open."""
    client, told = pipeline.aws.client, pipeline.outputs
    queue = told[outputs.queue_url(QueueClass.STANDARD)]
    dead_letters = told[outputs.dead_letter_queue_url(QueueClass.STANDARD)]
    workflow = told[outputs.HEAVY_WORKFLOW]
    # Nothing that a crash is made of: it fails, as what somebody looks for has.
    execution = client("stepfunctions").start_execution(stateMachineArn=workflow, input="{}")
    groups = [each["logGroupName"] for each in client("logs").describe_log_groups()["logGroups"]]

    def log_group(part: str) -> str:
        return next(str(name) for name in groups if f"{part}Logs" in name)

    [rule, *_] = client("events").list_rules()["Rules"]
    return {
        "CLUSTER": told[outputs.CLUSTER],
        "SERVICE": told[outputs.SERVICE],
        "TASK": "0123456789abcdef",
        "QUEUE_URL": queue,
        "DEAD_LETTER_QUEUE_URL": dead_letters,
        "STATE_MACHINE_ARN": workflow,
        "EXECUTION_ARN": execution["executionArn"],
        "RULE": rule["Name"],
        "DISPATCHER_LOG_GROUP": log_group("Dispatcher"),
        "FUNCTION_LOG_GROUP": log_group("Walker"),
        "RECONCILER_LOG_GROUP": log_group("Reconciler"),
        "RELEASER_LOG_GROUP": log_group("Releaser"),
        "WORKER_LOG_GROUP": log_group("Workers"),
    }


@pytest.fixture(scope="module")
def on_call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnCall]:
    folder = tmp_path_factory.mktemp("runbook")
    with SymbolServer(tmp_path_factory.mktemp("server")) as server, at_work(folder, server) as made:
        [crash_id] = crash_ids(1123, 1)
        made.collect(crash_id)
        made.send([crash_id], QueueClass.PRIORITY)
        made.wait_until_ended([crash_id])
        file = next((EXAMPLE / "symbols").rglob("*.sym"))
        own = {
            "CRASH_ID": crash_id.text,
            "SYMBOL_KEY": "/".join(file.parts[-3:-1]),
            "SOURCE": SOURCE,
        }
        person = OnCall(made, {**values_of(made), **own})
        pushed = person.run(["symbols", "push", str(file), "--wait", "--stack", "moonwalk"])
        assert pushed.returncode == ExitCode.FINE, pushed.stderr
        yield person


@pytest.mark.parametrize("command", OWN, ids=" ".join)
def test_a_command_of_moonwalk_does_what_it_is_there_for(
    on_call: OnCall, command: list[str]
) -> None:
    ended = on_call.run(command)
    assert ended.returncode == ExitCode.FINE, ended.stdout + ended.stderr


@pytest.mark.parametrize("command", OF_AWS, ids=" ".join)
def test_a_command_of_aws_is_understood(on_call: OnCall, command: list[str]) -> None:
    aws_command.run(on_call.pipeline.aws.client, on_call.filled(command))
