"""What is counted of a walk."""

from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.walk_cost import BrokerCost, WalkCost
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics


def count(metrics: Metrics, walk: WalkResult, minidump_bytes: int) -> None:
    """Count a walk: how it ended, and what it cost as far as that is known."""
    metrics.add(Metric.WALKS, outcome=walk.outcome)
    metrics.add(Metric.WALK_TIME, walk.wall_seconds)
    metrics.add(Metric.WALK_INPUT, minidump_bytes)
    if walk.cost:
        _count_cost(metrics, walk.cost)
    if walk.brokered:
        _count_brokered(metrics, walk.brokered)


def _count_cost(metrics: Metrics, cost: WalkCost) -> None:
    metrics.add(Metric.PACKS_OPENED, cost.packs_opened)
    metrics.add(Metric.PACK_READS, cost.reads)
    metrics.add(Metric.PACK_BYTES, cost.bytes)
    metrics.add(Metric.SYMBOL_TIME, cost.symbol_seconds)


def _count_brokered(metrics: Metrics, brokered: BrokerCost) -> None:
    metrics.add(Metric.SYMBOL_REQUESTS, brokered.requests)
    metrics.add(Metric.SYMBOL_SOURCE_BYTES, brokered.source_bytes)
    metrics.add(Metric.SYMBOL_KEPT_BYTES, brokered.kept_bytes)
    metrics.add(Metric.SYMBOL_WAIT, brokered.wait_seconds)
