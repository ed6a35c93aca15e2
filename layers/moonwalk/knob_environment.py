"""What a deployment tells those who follow knobs, and the keeper; see `moonwalk.environment`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from moonwalk.contracts import environment as names
from moonwalk.domain.knobs import READ_BY_FUNCTIONS, KnobQueue, Panel
from moonwalk.domain.request import QueueClass
from moonwalk.variables import VariableReader
from moonwalk.worker_place import WorkerPlace, read_worker_place


@dataclass(frozen=True, slots=True)
class KnobSettings:
    """Where the knobs are, and which there are.

    Attributes:
        parameter: with what is turned, by name.
    """

    parameter: str
    panel: Panel


@dataclass(frozen=True, slots=True)
class Keeper:
    """The keeper's environment.

    Attributes:
        mappings: UUIDs of the event source mappings of the queues that functions read.
        heavy_queues: URLs of those that workers read.
        workers: who is woken when something waits in these.
    """

    knobs: KnobSettings
    mappings: Mapping[KnobQueue, str]
    heavy_queues: Mapping[KnobQueue, str]
    workers: WorkerPlace


def read_knobs(reader: VariableReader) -> KnobSettings:
    """Read what all of them are told."""
    return KnobSettings(reader.text(names.KNOBS), reader.panel(names.KNOB_PANEL))


def read_keeper(variables: Mapping[str, str] = os.environ) -> Keeper:
    """Read the keeper's environment.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = Keeper(
        knobs=read_knobs(reader),
        mappings={queue: reader.text(names.mapping(queue)) for queue in READ_BY_FUNCTIONS},
        heavy_queues=_heavy_queues(reader),
        workers=read_worker_place(reader),
    )
    reader.check()
    return found


def _heavy_queues(reader: VariableReader) -> dict[KnobQueue, str]:
    crashes = {
        KnobQueue.heavy(queue): reader.text(names.heavy_queue_url(queue)) for queue in QueueClass
    }
    return {**crashes, KnobQueue.HEAVY_SYMBOLS: reader.text(names.HEAVY_PACKING_QUEUE_URL)}
