"""The dispatcher: reads the intake queues and sends each crash down a lane."""

from collections.abc import Iterator, Sequence

from aws_cdk.aws_lambda import IFunction, ILayerVersion
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.heavy_workflow import HeavyWorkflow
from infra.constructs.knob_panel import knob_environment, read_knobs
from infra.constructs.lane_queues import IntakeQueues
from infra.constructs.light_workflow import LightWorkflow
from infra.constructs.stored import Stored
from infra.constructs.worker_permissions import wake_workers
from infra.settings import Settings
from moonwalk.domain.knobs import KnobQueue
from moonwalk.domain.request import QueueClass


class Dispatcher(Construct):
    """A function, and how fast it takes from each queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        layers: Sequence[ILayerVersion],
        stored: Stored,
        intake: IntakeQueues,
        light: LightWorkflow,
        heavy: HeavyWorkflow,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function: IFunction = PipelineFunction(
            self,
            "Dispatcher",
            package="dispatcher",
            description="Claims crashes, picks their lane and waits for the light one.",
            settings=settings,
            layers=layers,
            environment={
                **environments.dispatching(
                    settings,
                    stored,
                    light_workflow=light.state_machine.state_machine_arn,
                    heavy_workflow=heavy.state_machine.state_machine_arn,
                ),
                **knob_environment(settings),
                **intake.queue_urls,
                **intake.dead_letter_urls,
            },
            permissions=[
                read_knobs(self, settings),
                *permissions.read_crashes(stored.bucket),
                permissions.keep_ledger(stored.ledger),
                permissions.run_light(light.state_machine),
                permissions.start_heavy(heavy.state_machine),
                wake_workers(settings),
                permissions.send(
                    [intake.queues[QueueClass.REPROCESSING], *intake.dead_letters.values()]
                ),
            ],
            seconds=settings.dispatcher_seconds,
            memory_mib=settings.dispatcher_memory_mib,
        ).function
        permissions.acknowledge_crashes(self, stored.bucket, publishes=False)
        self.sources = dict(self._take_from(intake, settings))

    def _take_from(
        self, intake: IntakeQueues, settings: Settings
    ) -> Iterator[tuple[KnobQueue, SqsEventSource]]:
        for queue_class, queue in intake.queues.items():
            pace = settings.pace(queue_class)
            source = SqsEventSource(
                queue,
                batch_size=pace.batch,
                max_concurrency=pace.concurrency,
                report_batch_item_failures=True,
            )
            self.function.add_event_source(source)
            yield KnobQueue(queue_class), source
