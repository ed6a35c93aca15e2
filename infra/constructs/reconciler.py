"""The reconciler: every minute, what is late is put back, or ends as failed with its reason."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk.aws_lambda import IFunction, ILayerVersion
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.lane_queues import IntakeQueues
from infra.constructs.schedule import run_every
from infra.constructs.stored import Stored
from infra.settings import Settings

EVERY = Duration.minutes(1)
"""With the due time, this bounds how long a crash can be lost."""
MEMORY_MIB = 512
"""It waits for DynamoDB and SQS; half a gigabyte loads its imports in good time."""


class Reconciler(Construct):
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
        self.function: IFunction = PipelineFunction(
            self,
            "Reconciler",
            package="reconciler",
            description="Puts back the crashes that are past their due time, or fails them.",
            settings=settings,
            layers=layers,
            environment={
                **environments.reconciling(settings, stored),
                **intake.queue_urls,
                **intake.dead_letter_urls,
            },
            permissions=[
                permissions.keep_ledger(stored.ledger),
                permissions.list_due(stored.ledger),
                permissions.send([*intake.queues.values(), *intake.dead_letters.values()]),
            ],
            seconds=settings.reconciler_seconds,
            memory_mib=MEMORY_MIB,
        ).function
        run_every(self, EVERY, self.function)
