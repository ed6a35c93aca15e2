"""The two workflows on Step Functions: the light one is waited for, the heavy one is started."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import error_code, told_as_retry_later
from moonwalk.adapters.text import acceptable
from moonwalk.contracts.tasks import SchemaError, decode_answer, encode_task
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.task import Answer, Task

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import StartSyncExecutionOutputTypeDef

_SUCCEEDED = "SUCCEEDED"
_STARTED_BEFORE = "ExecutionAlreadyExists"
_ERROR_NAME_LENGTH = 128


@dataclass(frozen=True, slots=True)
class SfnWorkflows:
    """`Workflows` on Step Functions.

    Attributes:
        waiting: a client that outwaits the Express workflow and repeats nothing.
        starting: a client as for any other call.
        light: ARN of the Express workflow.
        heavy: ARN of the Standard workflow.
    """

    waiting: "SFNClient"
    starting: "SFNClient"
    light: str
    heavy: str

    def run_light(self, task: Task) -> Answer:
        """Run the Express workflow. HTTP 200 says nothing: the status in the answer does."""
        with told_as_retry_later(f"running {task.name} in the light lane"):
            ended = self.waiting.start_sync_execution(
                stateMachineArn=self.light, name=task.name, input=_input(task)
            )
        if ended["status"] != _SUCCEEDED:
            raise _no_answer(task, _how(ended))
        try:
            return decode_answer(json.loads(ended["output"]))
        except SchemaError as error:
            raise _no_answer(task, str(error)) from error
        except (KeyError, ValueError, RecursionError) as error:
            raise _no_answer(task, "its output is no JSON") from error

    def start_heavy(self, task: Task) -> None:
        """Start the Standard workflow. The name is the run's, so a second start is none."""
        with told_as_retry_later(f"starting {task.name} in the heavy lane"):
            try:
                self.starting.start_execution(
                    stateMachineArn=self.heavy, name=task.name, input=_input(task)
                )
            except ClientError as error:
                if error_code(error) != _STARTED_BEFORE:
                    raise


def _input(task: Task) -> str:
    return json.dumps(encode_task(task))


def _how(ended: "StartSyncExecutionOutputTypeDef") -> str:
    """Tell status and error name; the cause is left out, as it may quote what was processed."""
    error = acceptable(ended.get("error", ""), _ERROR_NAME_LENGTH)
    return f"it ended {ended['status']} {error}".rstrip()


def _no_answer(task: Task, how: str) -> RetryLater:
    return RetryLater(
        RetryCode.LIGHT_LANE_FAILED, f"the Express workflow gave {task.name} no answer: {how}"
    )
