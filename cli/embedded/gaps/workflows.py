"""Gaps of Step Functions: what `state_machines` and `task_tokens` bring, put in moto's place."""

import json
import logging
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils import (
    LambdaFunctionErrorException,
)
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from cli.embedded import state_machines, task_tokens
from cli.embedded.functions import Functions, TooManyInvocations
from cli.embedded.patches import Patches

CREDENTIALS = {"aws_access_key_id": "embedded", "aws_secret_access_key": "embedded"}
# Parallel states of all running workflows share one client per service.
CONNECTIONS = 256


def close(patches: Patches, endpoint_url: str, functions: Functions) -> None:
    """Complete moto's Step Functions."""
    backend = StepFunctionsParserBackend
    patches.replace(backend, "start_execution", state_machines.start_execution)
    patches.replace(backend, "_get_executions", state_machines.started_executions)
    for name in ("send_task_success", "send_task_failure", "send_task_heartbeat"):
        patches.replace(backend, name, getattr(task_tokens, name))
    patches.replace(StepFunctionResponse, "send_task_failure", _send_task_failure)
    patches.replace(lambda_eval_utils, "_invoke_lambda_function", _invoker(functions))
    _share_clients(patches, endpoint_url)
    # Moto logs a failed state with the whole interpreter's innards, input and tokens included.
    log = logging.getLogger("moto.stepfunctions.parser")
    patches.callback(log.setLevel, log.level)
    log.setLevel(logging.CRITICAL)
    # Moto does not know this operation, so there is nothing to put back.
    StepFunctionResponse.start_sync_execution = _start_sync_execution  # type: ignore[attr-defined]
    patches.callback(delattr, StepFunctionResponse, "start_sync_execution")


def _start_sync_execution(self: StepFunctionResponse) -> ActionResult:
    machine, name = self._get_param("stateMachineArn"), self._get_param("name")
    given = self._get_param("input", if_none="{}")
    backend: Any = self.stepfunction_backend
    return ActionResult(state_machines.start_sync_execution(backend, machine, name, given))


def _send_task_failure(self: StepFunctionResponse) -> EmptyResult:
    """Moto's own forgets the cause."""
    token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
    backend: Any = self.stepfunction_backend
    backend.send_task_failure(token, error, cause)
    return EmptyResult()


def _invoker(functions: Functions) -> Callable[..., dict[str, Any]]:
    """Lambda tasks go straight to the function runtime.

    Errors get the names that Step Functions gives them, for both ways of naming a function in a
    task; moto calls some of them just "Exception".
    Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """

    def invoke(parameters: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            invocation = functions.invoke(parameters["FunctionName"], parameters["Payload"])
        except TooManyInvocations as error:
            raise _lambda_error("Lambda.TooManyRequestsException", "Rate Exceeded.") from error
        except LookupError as error:
            raise _lambda_error("Lambda.ResourceNotFoundException", str(error)) from error
        payload = json.loads(invocation.payload)
        if invocation.error and "errorType" not in payload:
            raise _lambda_error("Lambda.Unknown", invocation.payload.decode())
        answer = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": payload}
        return answer | ({"FunctionError": invocation.error} if invocation.error else {})

    return invoke


def _lambda_error(kind: str, message: str) -> LambdaFunctionErrorException:
    payload = json.dumps({"errorType": kind, "errorMessage": message})
    return LambdaFunctionErrorException("Unhandled", payload)


def _share_clients(patches: Patches, endpoint_url: str) -> None:
    """Moto makes a client for every call, from a session that threads must not share.

    It also looks for its own server's port in the environment of the process.
    """

    @cache
    def client(region: str, service: str) -> Any:
        config = Config(
            max_pool_connections=CONNECTIONS,
            parameter_validation=False,
            retries={"total_max_attempts": 1},
        )
        make: Any = boto3.session.Session().client
        made = make(service, region, endpoint_url=endpoint_url, config=config, **CREDENTIALS)
        patches.callback(made.close)
        return made

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:  # noqa: ARG001 - moto's signature
        return client(region, service)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.parser.") and hasattr(module, "boto_client_for"):
            patches.replace(module, "boto_client_for", client_for)
