"""The releaser's parts."""

from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.arrival_items import DynamoArrivals
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.miss_items import DynamoMisses
from moonwalk.adapters.queues import SqsRequests
from moonwalk.composition import turning
from moonwalk.composition.missing import table
from moonwalk.domain.knobs import RELEASES
from moonwalk.domain.misses import ReleaseRules
from moonwalk.miss_environment import Releaser
from moonwalk.usecases.release import Release


@dataclass(frozen=True, slots=True)
class Releasing:
    """The use case, and what its entry point does around it."""

    release: Release
    metrics: EmfMetrics


def compose(environment: Releaser) -> Releasing:
    """Put the releaser together."""
    misses, clock, metrics = table(environment.account), SystemClock(), EmfMetrics()
    rules = ReleaseRules(environment.cap, environment.account.days)
    release = Release(
        misses=DynamoMisses(misses),
        arrivals=DynamoArrivals(misses),
        reprocessing=SqsRequests(aws.sqs(), environment.queues, clock),
        clock=clock,
        metrics=metrics,
        rules=rules,
        per_round=turning.number(turning.knobs(environment.knobs, metrics), RELEASES),
        seconds=environment.round_seconds,
    )
    return Releasing(release, metrics)
