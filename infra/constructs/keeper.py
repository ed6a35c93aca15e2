"""The keeper: has queues read as the knobs say, every minute and as soon as one is turned.

It wakes a worker where something waits in the heavy lane and none is wanted.
"""

from collections.abc import Mapping, Sequence

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_lambda import IFunction, ILayerVersion
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.knob_panel import knob_environment, read_knobs
from infra.constructs.lane_queues import HeavyQueues
from infra.constructs.schedule import run_every
from infra.constructs.symbol_queue import SymbolQueue
from infra.constructs.worker_permissions import wake_workers
from infra.settings import Settings
from moonwalk.contracts import environment
from moonwalk.contracts.knobs import document_name
from moonwalk.domain.knobs import KnobQueue

EVERY = Duration.minutes(1)
"""After so long a deployment that has set a queue otherwise is put right."""
SECONDS = 50
"""A round ends before the next one starts."""
MEMORY_MIB = 512
"""It waits for a few answers; half a gigabyte loads its imports in good time."""


class Keeper(Construct):
    """A function, its schedule, and the news that a knob was turned."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        layers: Sequence[ILayerVersion],
        sources: Mapping[KnobQueue, SqsEventSource],
        heavy: HeavyQueues,
        symbols: SymbolQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        ids = {queue: source.event_source_mapping_id for queue, source in sources.items()}
        self.function: IFunction = PipelineFunction(
            self,
            "Keeper",
            package="keeper",
            description="Has queues read as the knobs say, and a worker there when one is needed.",
            settings=settings,
            layers=layers,
            environment={
                **knob_environment(settings),
                **{environment.mapping(queue): each for queue, each in ids.items()},
                **heavy.queue_urls,
                environment.HEAVY_PACKING_QUEUE_URL: symbols.heavy_queue.queue_url,
                **environments.waking(settings),
            },
            permissions=[
                read_knobs(self, settings),
                self._change([*ids.values()]),
                permissions.count([*heavy.queues.values(), symbols.heavy_queue]),
                wake_workers(settings),
            ],
            seconds=SECONDS,
            memory_mib=MEMORY_MIB,
        ).function
        run_every(self, EVERY, self.function)
        self._run_when_turned(settings)

    def _change(self, ids: Sequence[str]) -> PolicyStatement:
        """Look at mappings and change them, these and no others."""
        return PolicyStatement(
            actions=["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
            resources=[
                Stack.of(self).format_arn(
                    service="lambda",
                    resource="event-source-mapping",
                    resource_name=each,
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                )
                for each in ids
            ],
        )

    def _run_when_turned(self, settings: Settings) -> None:
        """Parameter Store tells the account's own bus of every version that is written."""
        pattern = EventPattern(
            source=["aws.ssm"],
            detail_type=["Parameter Store Change"],
            detail={"name": [document_name(settings.name)]},
        )
        target = LambdaFunction(self.function, retry_attempts=0, max_event_age=EVERY)
        Rule(self, "Turned", event_pattern=pattern, targets=[target])
