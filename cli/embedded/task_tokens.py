"""Task tokens of workflows: answered once, from whatever thread, with the errors of the real API.

Moto takes an answer twice, and fails on executions that another thread is just starting.
"""

import threading
from collections.abc import Iterator
from typing import Any

from moto.core.exceptions import AWSError
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackEndpoint,
    CallbackOutcome,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
)
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from cli.embedded.state_machines import BAD_REQUEST, started_executions

_answers = threading.Lock()


def send_task_success(backend: StepFunctionsParserBackend, token: str, output: str) -> None:
    """Answer a task token with its task's output, as JSON."""
    _answer(backend, token, CallbackOutcomeSuccess(callback_id=token, output=output))


def send_task_failure(
    backend: StepFunctionsParserBackend,
    token: str,
    error: str | None = None,
    cause: str | None = None,
) -> None:
    """Answer a task token with an error."""
    _answer(backend, token, CallbackOutcomeFailure(callback_id=token, error=error, cause=cause))


def send_task_heartbeat(backend: StepFunctionsParserBackend, token: str) -> None:
    """Say that the task is still worked on; no matter where no heartbeat is awaited."""
    _open_endpoint(backend, token).notify_heartbeat()


def _answer(backend: StepFunctionsParserBackend, token: str, outcome: CallbackOutcome) -> None:
    with _answers:
        _open_endpoint(backend, token).notify(outcome=outcome)


def _open_endpoint(backend: StepFunctionsParserBackend, token: str) -> CallbackEndpoint:
    """Where the token's task waits.

    Raises:
        AWSError: TaskTimedOut, if it waits no more: answered, timed out, or its workflow ended;
            InvalidToken, if there never was such a token.
    """
    for execution, endpoint in _endpoints(backend, token):
        waits = not endpoint._notify_event.is_set()  # noqa: SLF001 - moto has no name for it
        if waits and execution.exec_status == ExecutionStatus.RUNNING:
            return endpoint
        raise AWSError(f"Task Timed Out: '{execution.execution_arn}'", "TaskTimedOut", BAD_REQUEST)
    raise AWSError("Invalid Token: 'Invalid token'", "InvalidToken", BAD_REQUEST)


def _endpoints(
    backend: StepFunctionsParserBackend, token: str
) -> Iterator[tuple[Any, CallbackEndpoint]]:
    for execution in started_executions(backend):
        endpoint = execution.exec_worker.env.callback_pool_manager.get(token)
        if endpoint is not None:
            yield execution, endpoint
