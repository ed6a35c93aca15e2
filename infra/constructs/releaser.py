"""The releaser: every minute, crashes whose symbols have news are walked again."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk.aws_lambda import IFunction, ILayerVersion
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.knob_panel import knob_environment, read_knobs
from infra.constructs.lane_queues import IntakeQueues
from infra.constructs.schedule import run_every
from infra.constructs.stored import Stored
from infra.settings import Settings
from moonwalk.contracts import environment
from moonwalk.domain.request import QueueClass

EVERY = Duration.minutes(1)
"""With what a round may send, this is the rate."""
SECONDS = 50
"""A round ends before the next one starts: two at a time would send twice the rate."""
MEMORY_MIB = 512
"""It waits for DynamoDB and SQS; half a gigabyte loads its imports in good time."""


class Releaser(Construct):
    """A function and its schedule."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        layers: Sequence[ILayerVersion],
        stored: Stored,
        intake: IntakeQueues,
    ) -> None:
        super().__init__(scope, construct_id)
        again = intake.queues[QueueClass.REPROCESSING]
        self.function: IFunction = PipelineFunction(
            self,
            "Releaser",
            package="releaser",
            description="Has crashes walked again when there is news of symbols they missed.",
            settings=settings,
            layers=layers,
            environment={
                **knob_environment(settings),
                **environments.releasing(settings, stored, seconds=SECONDS),
                environment.queue_url(QueueClass.REPROCESSING): again.queue_url,
            },
            permissions=[
                read_knobs(self, settings),
                permissions.settle_misses(stored.misses),
                permissions.send([again]),
            ],
            seconds=SECONDS,
            memory_mib=MEMORY_MIB,
        ).function
        run_every(self, EVERY, self.function)
