"""The light lane: an Express workflow around the walker function, for which the dispatcher waits.

It answers "too heavy" when the function itself went down under the crash, by time or by memory;
every other error fails the run, and the dispatcher tries again later.
"""

from aws_cdk import Duration
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_stepfunctions import (
    DefinitionBody,
    Errors,
    JitterType,
    JsonPath,
    Pass,
    QueryLanguage,
    StateMachine,
    StateMachineType,
    Timeout,
)
from aws_cdk.aws_stepfunctions_tasks import LambdaInvoke
from constructs import Construct

from infra.constructs.acknowledged import ANY_RESOURCE, acknowledge, acknowledge_below
from infra.constructs.workflow_logs import errors_only
from infra.settings import Settings
from moonwalk.contracts import tasks
from moonwalk.domain.task import Status

PASSING_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
"""Lambda's own trouble (Step Functions Developer Guide, Handle Lambda service exceptions)."""
LOST_UNDER_THE_CRASH = (
    Errors.TIMEOUT,
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
)
"""How a function's timeout, lack of memory and sudden death are told, old and new names."""
RETRIES = 3
FIRST_WAIT, LONGEST_WAIT = Duration.seconds(2), Duration.seconds(10)
"""With the rate 2 and full jitter at most 2 + 4 + 8 = 14 s, within what the settings leave."""
SPARE_SECONDS = 10
"""Between the function's own end and the workflow's patience with it."""


class LightWorkflow(Construct):
    """Runs the walker function once, and says what became of it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, walker: IFunction
    ) -> None:
        super().__init__(scope, construct_id)
        self.state_machine = StateMachine(
            self,
            "StateMachine",
            definition_body=DefinitionBody.from_chainable(self._walk(settings, walker)),
            state_machine_type=StateMachineType.EXPRESS,
            query_language=QueryLanguage.JSON_PATH,
            timeout=Duration.seconds(settings.workflow_seconds),
            tracing_enabled=True,
            logs=errors_only(self, settings),
        )
        acknowledge_workflow(self)
        acknowledge_below(
            self,
            "Step Functions may invoke any version of this function.",
            f"{walker.function_arn}:*",
        )

    def _walk(self, settings: Settings, walker: IFunction) -> LambdaInvoke:
        walk = LambdaInvoke(
            self,
            "Walk",
            lambda_function=walker,
            output_path="$.Payload",
            retry_on_service_exceptions=False,
            task_timeout=Timeout.duration(
                Duration.seconds(settings.walker_seconds + SPARE_SECONDS)
            ),
        )
        walk.add_retry(
            errors=list(PASSING_ERRORS),
            interval=FIRST_WAIT,
            max_delay=LONGEST_WAIT,
            backoff_rate=2,
            max_attempts=RETRIES,
            jitter_strategy=JitterType.FULL,
        )
        walk.add_catch(
            self._too_heavy(), errors=list(LOST_UNDER_THE_CRASH), result_path="$.failure"
        )
        return walk

    def _too_heavy(self) -> Pass:
        answer = {
            tasks.SCHEMA_KEY: tasks.SCHEMA,
            tasks.STATUS: Status.TOO_HEAVY.value,
            tasks.REASON: JsonPath.string_at("$.failure.Error"),
        }
        return Pass(self, "TooHeavy", parameters=answer)


def acknowledge_workflow(workflow: Construct) -> None:
    """Accept what is meant to be so with both workflows."""
    acknowledge(
        workflow,
        "Log delivery and traces have no resource that could be named.",
        ANY_RESOURCE,
    )
    acknowledge(
        workflow,
        "Errors are logged, without payloads; a line for each step of each crash tells nothing "
        "that the ledger does not.",
        "AwsSolutions-SF1",
    )
