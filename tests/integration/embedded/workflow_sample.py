"""Workflows of every kind that Moonwalk uses, for tests of how they run."""

import json
from pathlib import Path
from typing import Any

from cli.embedded.server import EmbeddedServer
from tests.integration.embedded.probe import wait_until
from tests.integration.embedded.sample import SampleStack

FUNCTION = """
import os, time
from pathlib import Path

class TooHeavy(Exception):
    pass

def handler(event, context):
    do = event.get("do")
    if do == "fail":
        raise TooHeavy("needs more")
    if do == "leave":
        os._exit(3)
    if do == "wait":
        Path(event["started"]).touch()
        while not Path(event["go"]).exists():
            time.sleep(0.01)
    if do == "fail_twice":
        tries = Path(event["tries"])
        with tries.open("a") as opened:
            opened.write("x")
        if len(tries.read_text()) < 3:
            raise TooHeavy("not yet")
    return {"seen": event}
"""

INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "${Fn}", "Payload.$": "$"},
    "OutputPath": "$.Payload",
}
CAUGHT = {
    "StartAt": "Call",
    "States": {
        "Call": {
            **INVOKE,
            "Catch": [{"ErrorEquals": ["TooHeavy"], "ResultPath": "$.error", "Next": "Look"}],
            "End": True,
        },
        "Look": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.error.Error", "StringEquals": "TooHeavy", "Next": "Give"}],
            "Default": "Wrong",
        },
        "Give": {"Type": "Pass", "Parameters": {"handed": "on"}, "End": True},
        "Wrong": {"Type": "Fail", "Error": "Unexpected", "Cause": "another way"},
    },
}
RETRY = [{"ErrorEquals": ["TooHeavy"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1}]
TOKEN = {
    "StartAt": "Hand",
    "States": {
        "Hand": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {
                "QueueUrl.$": "$.queue",
                "MessageBody": {"token.$": "$$.Task.Token", "id.$": "$.id"},
            },
            "End": True,
        }
    },
}


def single(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": {**state, "End": True}}, **more}


class Workflows:
    """The sample workflows, deployed, and the client to run them."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        stack = SampleStack(folder)
        stack.function("Fn", FUNCTION, Timeout=30)
        stack.function("Slow", "import time\ndef handler(e, c): time.sleep(60)", Timeout=1)
        stack.function("Single", FUNCTION, Timeout=30, ReservedConcurrentExecutions=1)
        stack.add("Queue", "AWS::SQS::Queue")
        direct = {"Type": "Task", "Resource": "${Fn}"}
        express = {
            "Plain": single(INVOKE),
            "Direct": single(direct),
            "Caught": CAUGHT,
            "Retried": single({**INVOKE, "Retry": RETRY}),
            "SlowFunction": single({"Type": "Task", "Resource": "${Slow}"}),
            "OneAtATime": single({"Type": "Task", "Resource": "${Single}"}),
            "ShortState": single({**INVOKE, "TimeoutSeconds": 1}),
            "ShortMachine": single(INVOKE, TimeoutSeconds=1),
        }
        for name, definition in express.items():
            stack.state_machine(name, definition, "EXPRESS")
        stack.state_machine("Standard", single(INVOKE), "STANDARD")
        stack.state_machine("Token", TOKEN, "STANDARD")
        self.arns = stack.deploy(server)
        self.server = server
        self.client = server.client("stepfunctions")

    def run(self, name: str, **event: Any) -> Any:
        return self.client.start_sync_execution(
            stateMachineArn=self.arns[name], input=json.dumps(event)
        )

    def start(self, machine: str, name: str, **event: Any) -> str:
        answer = self.client.start_execution(
            stateMachineArn=self.arns[machine], name=name, input=json.dumps(event)
        )
        arn: str = answer["executionArn"]
        return arn

    def ended(self, arn: str) -> Any:
        wait_until(lambda: self.client.describe_execution(executionArn=arn)["status"] != "RUNNING")
        return self.client.describe_execution(executionArn=arn)

    def handed_over(self) -> Any:
        received = self.server.client("sqs").receive_message(
            QueueUrl=self.arns["Queue"], WaitTimeSeconds=20
        )
        return json.loads(received["Messages"][0]["Body"])
