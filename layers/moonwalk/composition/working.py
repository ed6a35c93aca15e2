"""The heavy lane's worker's parts."""

from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.heavy_queues import HeavyQueues, TaskAnswers
from moonwalk.adapters.queues import SqsVisibility
from moonwalk.composition import processing
from moonwalk.composition.processing import Walking
from moonwalk.environment import Worker


@dataclass(frozen=True, slots=True)
class Working:
    """What a worker works with."""

    walking: Walking
    queues: HeavyQueues
    answers: TaskAnswers
    visibility: SqsVisibility
    visibility_seconds: float
    slots: int


def compose(environment: Worker) -> Working:
    """Put a worker together."""
    sqs = aws.sqs()
    return Working(
        walking=processing.compose(environment.processing),
        queues=HeavyQueues(sqs, environment.heavy_queues),
        answers=TaskAnswers(aws.stepfunctions()),
        visibility=SqsVisibility(sqs, environment.heavy_queues),
        visibility_seconds=environment.visibility_seconds,
        slots=environment.slots,
    )
