"""The keeper's parts."""

from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.event_sources import EventSources
from moonwalk.adapters.heavy_backlog import SqsHeavyBacklog
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.composition import common, turning
from moonwalk.knob_environment import Keeper
from moonwalk.usecases.keep_readers import KeepReaders
from moonwalk.usecases.wake_for_backlog import WakeForBacklog


@dataclass(frozen=True, slots=True)
class Keeping:
    """The use cases, and what their entry point does around them."""

    keep_readers: KeepReaders
    wake_for_backlog: WakeForBacklog
    metrics: EmfMetrics


def compose(environment: Keeper) -> Keeping:
    """Put the keeper together."""
    metrics = EmfMetrics()
    readers = EventSources(aws.event_sources(), environment.mappings)
    # It comes once a minute, and when a knob was just turned: what was read before is of no use.
    knobs = turning.knobs(environment.knobs, metrics, max_age=0)
    backlog = SqsHeavyBacklog(aws.sqs(), environment.heavy_queues)
    wake = common.waking(environment.workers, SystemClock(), metrics)
    return Keeping(
        KeepReaders(knobs, readers, metrics), WakeForBacklog(knobs, backlog, wake), metrics
    )
