"""The heavy lane's Standard workflow: a message with a task token waits for a worker.

There is no heartbeat: its clock would run while nobody has picked the message up. The worker
shows that it lives by extending the message's visibility.
"""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk.aws_sqs import IQueue
from aws_cdk.aws_stepfunctions import (
    Choice,
    Condition,
    DefinitionBody,
    Errors,
    Fail,
    IntegrationPattern,
    JitterType,
    JsonPath,
    QueryLanguage,
    StateMachine,
    StateMachineType,
    TaskInput,
    Timeout,
)
from aws_cdk.aws_stepfunctions_tasks import SqsSendMessage
from constructs import Construct

from infra.constructs.light_workflow import acknowledge_workflow
from infra.constructs.workflow_logs import errors_only
from infra.settings import Settings
from moonwalk.contracts import tasks
from moonwalk.domain.request import QueueClass

SENDING_ERRORS = (
    "SQS.AmazonSQSException",
    "SQS.SdkClientException",
    "Sqs.SqsException",
    "Sqs.SdkClientException",
)
"""SQS's own trouble, by the names of the optimised integration and of the SDK's. Not
`States.TaskFailed`: that would also be a worker's answer, and send the crash again."""
SENDING_RETRIES = 6


class HeavyWorkflow(Construct):
    """Hands a task to the heavy queue of its class and waits for the answer."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        queues: Mapping[QueueClass, IQueue],
    ) -> None:
        super().__init__(scope, construct_id)
        hours = Duration.hours(settings.heavy_workflow_hours)
        self.state_machine = StateMachine(
            self,
            "StateMachine",
            definition_body=DefinitionBody.from_chainable(self._choose(queues, hours)),
            state_machine_type=StateMachineType.STANDARD,
            query_language=QueryLanguage.JSON_PATH,
            timeout=hours.plus(Duration.seconds(settings.heavy_due_margin_seconds // 2)),
            tracing_enabled=True,
            logs=errors_only(self, settings),
        )
        acknowledge_workflow(self)

    def _choose(self, queues: Mapping[QueueClass, IQueue], patience: Duration) -> Choice:
        unanswered = Fail(
            self,
            "Unanswered",
            error_path=JsonPath.string_at("$.failure.Error"),
            cause_path=JsonPath.string_at("$.failure.Cause"),
        )
        choice = Choice(self, "ByClass")
        for queue_class, queue in queues.items():
            wait = self._wait_for_worker(queue_class, queue, patience)
            wait.add_catch(unanswered, errors=[Errors.ALL], result_path="$.failure")
            choice.when(Condition.string_equals(f"$.{tasks.QUEUE}", queue_class.value), wait)
        return choice.otherwise(
            Fail(self, "UnknownClass", error="UnknownClass", cause="No queue has this class.")
        )

    def _wait_for_worker(
        self, queue_class: QueueClass, queue: IQueue, patience: Duration
    ) -> SqsSendMessage:
        message = {
            tasks.SCHEMA_KEY: tasks.SCHEMA,
            tasks.TASK: JsonPath.object_at("$"),
            tasks.TASK_TOKEN: JsonPath.task_token,
        }
        wait = SqsSendMessage(
            self,
            f"Await{queue_class.capitalize()}Worker",
            queue=queue,
            integration_pattern=IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            message_body=TaskInput.from_object(message),
            task_timeout=Timeout.duration(patience),
        )
        wait.add_retry(
            errors=list(SENDING_ERRORS),
            interval=Duration.seconds(2),
            max_delay=Duration.minutes(1),
            backoff_rate=2,
            max_attempts=SENDING_RETRIES,
            jitter_strategy=JitterType.FULL,
        )
        return wait
