"""Step Functions on moto's interpreter, with what Moonwalk rests on and moto lacks.

* `StartSyncExecution` of Express workflows;
* names: needed by nobody, unique for ever on Standard workflows, also between two callers at the
  same moment, and of no meaning on Express ones.

Task tokens have their own place, `cli.embedded.task_tokens`.
"""

import copy
import json
import math
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import AWSError
from moto.stepfunctions.exceptions import InvalidExecutionInput
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.backend.execution import Execution, SyncExecution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.parser.utils import TMP_THREADS

EXPRESS = "EXPRESS"
# Express workflows bill memory in pieces of 64 MB; local runs use one.
BILLED_MEMORY = 64
BILLING_STEP = 0.1
BAD_REQUEST = 400
# What a stopped workflow may still take to notice: a function that ends, a retry that waits.
STOPPING_LIMIT = 5.0

# Moto's interpreter has no types of its own to rely on.
AnyExecution = Any

_starts = threading.Lock()
_start_named: Callable[..., AnyExecution] = StepFunctionsParserBackend.start_execution


def start_execution(
    backend: StepFunctionsParserBackend,
    machine_arn: str,
    name: str | None = None,
    execution_input: str | None = None,
    trace_header: str | None = None,
) -> AnyExecution:
    """Start an execution and return at once.

    Raises:
        ExecutionAlreadyExists: The Standard workflow had an execution of this name, unless it runs
            still and has the same input: then that one is returned.
    """
    machine = backend.describe_state_machine(machine_arn)
    name = name or str(uuid.uuid4())
    if machine.type == EXPRESS:
        execution = _express(Execution, backend, machine, name, execution_input)
        execution.start()
        return execution
    with _starts:
        return _start_named(backend, machine_arn, name, execution_input, trace_header)


def start_sync_execution(
    backend: StepFunctionsParserBackend, machine_arn: str, name: str | None, given: str
) -> dict[str, Any]:
    """Run an Express workflow to its end; the answer of `StartSyncExecution`.

    Raises:
        AWSError: StateMachineTypeNotSupported; the workflow is a Standard one.
    """
    machine = backend.describe_state_machine(machine_arn)
    if machine.type != EXPRESS:
        raise AWSError(
            "This operation is not supported by this type of state machine",
            "StateMachineTypeNotSupported",
            BAD_REQUEST,
        )
    execution = _express(SyncExecution, backend, machine, name or str(uuid.uuid4()), given)
    execution.start()
    answer: dict[str, Any] = execution.to_start_sync_execution_output()
    if execution.exec_status == ExecutionStatus.TIMED_OUT:
        answer["error"] = "States.Timeout"
    seconds = (execution.stop_date - execution.start_date).total_seconds()
    answer["billingDetails"] = {
        "billedMemoryUsedInMB": BILLED_MEMORY,
        "billedDurationInMilliseconds": math.ceil(seconds / BILLING_STEP) * 100,
    }
    return {key: value for key, value in answer.items() if value is not None}


def _express(
    kind: Callable[..., Any],
    backend: StepFunctionsParserBackend,
    machine: StateMachine,
    name: str,
    given: str | None,
) -> Any:
    """An execution of an Express workflow, whose ARN tells it from others of its name."""
    given = given or "{}"
    try:
        json.loads(given)
    except ValueError as error:
        raise InvalidExecutionInput(f"the input is not JSON: {error}") from error
    arn = machine.arn.replace(":stateMachine:", ":express:") + f":{name}:{uuid.uuid4()}"
    execution = kind(
        name=name,
        sm_type=EXPRESS,
        role_arn=machine.roleArn,
        exec_arn=arn,
        account_id=backend.account_id,
        region_name=backend.region_name,
        state_machine=_snapshot(machine),
        start_date=datetime.now(tz=UTC),
        cloud_watch_logging_session=None,
        input_data=given,
        activity_store={},
    )
    machine.executions.append(execution)
    return execution


def _snapshot(machine: StateMachine) -> StateMachine:
    """The workflow as it is now: a deployment must not change what runs."""
    taken = copy.copy(machine)
    taken.executions = []
    return taken


def started_executions(
    backend: StepFunctionsParserBackend, status: ExecutionStatus | None = None
) -> list[AnyExecution]:
    """The executions that have begun to run, of all workflows.

    Moto lists those too that another thread is just making, and fails on what they lack.
    """
    executions: list[AnyExecution] = [
        execution for machine in list(backend.state_machines) for execution in machine.executions
    ]
    return [
        execution
        for execution in executions
        if execution.exec_worker is not None
        and execution.exec_worker.env is not None
        and (status is None or execution.exec_status == status)
    ]


def stop_all(backend: StepFunctionsParserBackend) -> None:
    """Abort what runs and wake what waits, so that no thread of a workflow is left."""
    for execution in started_executions(backend, ExecutionStatus.RUNNING):
        environment = execution.exec_worker.env
        environment.set_stop(stop_date=datetime.now(tz=UTC), cause=None, error=None)
        tokens = environment.callback_pool_manager
        for token in list(tokens._pool):  # noqa: SLF001 - moto has no name for it
            tokens.get(token).interrupt_all()


def await_threads() -> None:
    """Wait a while for the threads of stopped workflows, and forget the list moto keeps."""
    end = time.monotonic() + STOPPING_LIMIT
    for thread in list(TMP_THREADS):
        thread.join(max(0.0, end - time.monotonic()))
    TMP_THREADS.clear()
