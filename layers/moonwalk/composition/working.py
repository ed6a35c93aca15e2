"""The heavy lane's worker's parts."""

from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.heavy_queues import HeavyQueues, TaskAnswers
from moonwalk.adapters.queues import SqsVisibility
from moonwalk.composition import packing, processing
from moonwalk.composition.packing import Packing
from moonwalk.composition.processing import Walking
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


def compose(environment: Worker, packer: Packer) -> Working:
    """Put a worker together."""
    sqs = aws.sqs()
    return Working(
        walking=processing.compose(environment.processing),
        packing=packing.compose(packer, hands_on=False),
        queues=HeavyQueues(sqs, environment.heavy_queues, packer.heavy_queue_url),
        answers=TaskAnswers(aws.stepfunctions()),
        visibility=SqsVisibility(sqs, environment.heavy_queues),
        visibility_seconds=environment.visibility_seconds,
        slots=environment.slots,
    )
