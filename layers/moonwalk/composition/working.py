"""The heavy lane's worker's parts."""

from collections.abc import Callable
from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.heavy_queues import HeavyQueues, TaskAnswers
from moonwalk.adapters.queues import SqsVisibility
from moonwalk.composition import packing, processing, turning
from moonwalk.composition.packing import Packing
from moonwalk.composition.processing import Walking
from moonwalk.domain.knobs import HEAVY_KILL
from moonwalk.environment import Worker
from moonwalk.symbol_environment import Packer


@dataclass(frozen=True, slots=True)
class Working:
    """What a worker works with."""

    walking: Walking
    packing: Packing
    queues: HeavyQueues
    answers: TaskAnswers
    visibility: SqsVisibility
    visibility_seconds: float
    slots: int
    stall_seconds: float
    packing_seconds: float
    probe_seconds: int


def compose(environment: Worker, packer: Packer, walk_ended: Callable[[], None]) -> Working:
    """Put a worker together; who watches over it is told whenever a walk has ended."""
    sqs = aws.sqs()
    walking = processing.compose(environment.processing, kill=HEAVY_KILL, walk_ended=walk_ended)
    return Working(
        walking=walking,
        packing=packing.compose(packer, hands_on=False),
        queues=HeavyQueues(
            sqs,
            environment.heavy_queues,
            packer.heavy_queue_url,
            turning.paused(walking.knobs),
        ),
        answers=TaskAnswers(aws.stepfunctions()),
        visibility=SqsVisibility(sqs, environment.heavy_queues),
        visibility_seconds=environment.visibility_seconds,
        slots=environment.slots,
        stall_seconds=environment.stall_seconds,
        packing_seconds=packer.lease_seconds,
        probe_seconds=environment.probe_seconds,
    )
