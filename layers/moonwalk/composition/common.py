"""What every entry point has: ledger, queues, and the way in which a run ends."""

from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.dynamodb import DynamoLedger
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.queues import SqsDeadLetters, SqsRequests, SqsVisibility
from moonwalk.adapters.workers import EcsWorkers
from moonwalk.environment import Common
from moonwalk.usecases.ending import Ending
from moonwalk.usecases.wake_workers import WakeWorkers
from moonwalk.worker_place import WorkerPlace


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that entry points share."""

    clock: SystemClock
    metrics: EmfMetrics
    ledger: DynamoLedger
    requests: SqsRequests
    dead_letters: SqsDeadLetters
    visibility: SqsVisibility
    ending: Ending


def waking(place: WorkerPlace, clock: SystemClock, metrics: EmfMetrics) -> WakeWorkers:
    """Make what wakes the workers."""
    return WakeWorkers(EcsWorkers(aws.ecs, place.cluster, place.service), clock, metrics)


def parts(common: Common) -> Parts:
    """Make them; one client for each service."""
    clock, metrics, sqs = SystemClock(), EmfMetrics(), aws.sqs()
    ledger = DynamoLedger(aws.dynamodb(), common.ledger_table, common.ledger_days, clock)
    requests = SqsRequests(sqs, common.queues, clock)
    dead_letters = SqsDeadLetters(sqs, common.dead_letter_queues)
    return Parts(
        clock=clock,
        metrics=metrics,
        ledger=ledger,
        requests=requests,
        dead_letters=dead_letters,
        visibility=SqsVisibility(sqs, common.queues),
        ending=Ending(ledger, requests, dead_letters, clock, metrics),
    )
