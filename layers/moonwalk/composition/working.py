"""The heavy lane's worker's parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.free_room import free_disk, free_memory
from moonwalk.adapters.heavy_queues import HeavyQueues
from moonwalk.adapters.queues import SqsVisibility
from moonwalk.adapters.task_answers import TaskAnswers
from moonwalk.adapters.task_protection import TaskProtection
from moonwalk.composition import packing, processing, turning
from moonwalk.composition.packing import Packing
from moonwalk.composition.processing import Walking
from moonwalk.domain.knobs import HEAVY_KILL, SLOTS
from moonwalk.domain.slots import Slots
from moonwalk.environment import Worker
from moonwalk.symbol_environment import Packer

IDLE_WAIT_SECONDS = 2
"""How long one look into empty queues takes, and so what an idle worker pays: 5 requests in 2 s."""


@dataclass(frozen=True, slots=True)
class Working:
    """What a worker works with.

    Attributes:
        slots: how they are shared out now: their number is a knob.
        most_slots: as far as it goes.
        needed: for each resource, how to look what is free of it, and what has to be free.
        task_protection: None when this is not ECS.
    """

    walking: Walking
    packing: Packing
    queues: HeavyQueues
    answers: TaskAnswers
    visibility: SqsVisibility
    visibility_seconds: float
    drain_seconds: float
    slots: Callable[[], Slots]
    most_slots: int
    needed: Mapping[str, tuple[Callable[[], int], int]]
    task_protection: TaskProtection | None
    stall_seconds: float
    packing_seconds: float
    probe_seconds: int


def compose(environment: Worker, packer: Packer, walk_ended: Callable[[], None]) -> Working:
    """Put a worker together; who watches over it is told whenever a walk has a result."""
    sqs, agent = aws.sqs(), environment.ecs_agent_uri
    walking = processing.compose(environment.processing, kill=HEAVY_KILL, walk_ended=walk_ended)
    slots = turning.number(walking.knobs, SLOTS)
    return Working(
        walking=walking,
        packing=packing.compose(packer, hands_on=False),
        queues=HeavyQueues(
            sqs,
            aws.receiving_sqs(IDLE_WAIT_SECONDS),
            environment.heavy_queues,
            packer.heavy_queue_url,
            turning.paused(walking.knobs),
        ),
        answers=TaskAnswers(aws.stepfunctions()),
        visibility=SqsVisibility(sqs, environment.heavy_queues),
        visibility_seconds=environment.visibility_seconds,
        drain_seconds=environment.drain_seconds,
        slots=lambda: environment.slots.of_total(slots()),
        most_slots=environment.processing.knobs.panel.ranges[SLOTS].most,
        needed={
            "memory": (free_memory, environment.slot_memory_bytes),
            "scratch": (lambda: free_disk(processing.SCRATCH), environment.slot_scratch_bytes),
        },
        task_protection=TaskProtection(agent) if agent else None,
        stall_seconds=environment.stall_seconds,
        packing_seconds=_longest_packing(packer),
        probe_seconds=environment.probe_seconds,
    )


def _longest_packing(packer: Packer) -> float:
    """Give how long one message may take: all sources of a scope, each packed in vain."""
    most = max((len(listed) for _, listed in packer.sources.scopes), default=1)
    return most * (packer.fetch_seconds + packer.pack_seconds)
