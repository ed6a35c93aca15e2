"""What is counted of a walk."""

from moonwalk.domain.lane import Lane
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.walk_cost import WalkCost
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics


def count(metrics: Metrics, walk: WalkResult, minidump_bytes: int, lane: Lane) -> None:
    """Count a walk: how it ended, and what it cost as far as that is known."""
    metrics.add(Metric.WALKS, outcome=walk.outcome)
    metrics.add(Metric.WALK_INPUT, minidump_bytes, lane=lane)
    if walk.exit_code is not None:
        _count_spent(metrics, walk, lane)
    if walk.cost:
        _count_cost(metrics, walk.cost, lane)


def _count_spent(metrics: Metrics, walk: WalkResult, lane: Lane) -> None:
    """Count what every walk tells, however it ended; the one that was killed is the one to see."""
    spent = walk.spent
    figures = {
        Metric.WALK_TIME: spent.wall_seconds,
        Metric.WALK_USER: spent.user_seconds,
        Metric.WALK_SYSTEM: spent.system_seconds,
        Metric.WALK_READY: spent.ready_seconds,
        Metric.WALK_WAIT: spent.wait_seconds,
        Metric.WALK_WAIT_RATIO: spent.wait_ratio,
        Metric.WALK_DISK_WAIT: spent.disk_seconds,
        Metric.WALK_FAULTS: spent.major_faults,
        Metric.WALK_DISK_BYTES: spent.disk_bytes,
    }
    if walk.brokered:
        figures |= {
            Metric.WALK_NETWORK_WAIT: spent.network_seconds,
            Metric.SYMBOL_REQUESTS: spent.requests,
            Metric.SYMBOL_SOURCE_BYTES: spent.network_bytes,
            Metric.SYMBOL_KEPT_BYTES: spent.cache_bytes,
            Metric.SYMBOL_WAIT: walk.brokered.wait_seconds,
        }
    for metric, value in figures.items():
        metrics.add(metric, value, lane=lane)


def _count_cost(metrics: Metrics, cost: WalkCost, lane: Lane) -> None:
    metrics.add(Metric.PACKS_OPENED, cost.packs_opened, lane=lane)
    metrics.add(Metric.PACK_READS, cost.reads, lane=lane)
    metrics.add(Metric.PACK_BYTES, cost.bytes, lane=lane)
    metrics.add(Metric.SYMBOL_TIME, cost.symbol_seconds, lane=lane)
