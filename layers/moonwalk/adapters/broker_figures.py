"""What a broker did for all walks, as metrics: how good its cache is, and what its sources cost."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from moonwalk.adapters.broker import Broker
from moonwalk.adapters.vitals.kernel import Since
from moonwalk.domain.lane import Lane
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics

EVERY_SECONDS = 60.0
"""Of a function's environment: more often would be a log line for each crash, and tell no more."""

_MICROSECOND = 1e-6
_COUNTED = {
    "opens": (Metric.BROKER_OPENS, 1),
    "absent": (Metric.BROKER_ABSENT, 1),
    "failures": (Metric.BROKER_FAILURES, 1),
    "hits": (Metric.BROKER_HITS, 1),
    "misses": (Metric.BROKER_MISSES, 1),
    "whole_packs": (Metric.BROKER_WHOLE_PACKS, 1),
    "fetch_microseconds": (Metric.BROKER_FETCH_TIME, _MICROSECOND),
    "wait_microseconds": (Metric.BROKER_WAIT, _MICROSECOND),
}
_TIERS = {"memory_bytes": "memory", "disk_bytes": "disk"}
_OF_SOURCES = {
    "requests": Metric.BROKER_REQUESTS,
    "bytes": Metric.BROKER_SOURCE_BYTES,
    "failures": Metric.BROKER_SOURCE_FAILURES,
}
_ON_DISK = {
    "bytes": Metric.CACHE_USAGE,
    "packs": Metric.CACHE_FILES,
    "over_500_mb": Metric.CACHE_LARGE_FILES,
    "average": Metric.CACHE_AVERAGE,
    "median": Metric.CACHE_MEDIAN,
    "p95": Metric.CACHE_NINETY_FIVE,
    "max": Metric.CACHE_MAX,
}


class BrokerFigures:
    """Tells what a broker did since the last time, and what it has.

    A broker that does not run is not started for it. Safe to use from several threads.
    """

    def __init__(
        self,
        broker: Broker,
        metrics: Metrics,
        lane: Lane,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the parts; nothing is asked yet."""
        self._broker = broker
        self._metrics = metrics
        self._lane = lane
        self._clock = clock
        self._since = Since()
        self._told_at = -EVERY_SECONDS
        self._lock = threading.Lock()

    def tell_sometimes(self) -> None:
        """Tell, unless that was done within the last minute."""
        with self._lock:
            now = self._clock()
            if now - self._told_at < EVERY_SECONDS:
                return
            self._told_at = now
            self._tell()

    def tell(self) -> None:
        """Ask the broker, and record what it says."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        figures = self._broker.figures() if self._broker.runs else {}
        if not figures:
            return
        walks, sources, disk = (_part(figures, name) for name in ("walks", "sources", "disk"))
        counters = {
            **_numbers("walk", walks),
            **_numbers("disk", disk),
            **self._by_kind(sources),
        }
        grown = self._since.grown(counters)
        self._count(grown)
        for name, metric in _ON_DISK.items():
            self._add(metric, _number(disk, name))
        self._add(Metric.BROKER_MEMORY, _number(figures, "memory_bytes"))

    def _count(self, grown: Mapping[str, float]) -> None:
        for name, (metric, unit) in _COUNTED.items():
            self._add(metric, grown.get(f"walk {name}", 0) * unit)
        for name, tier in _TIERS.items():
            self._add(Metric.BROKER_KEPT_BYTES, grown.get(f"walk {name}", 0), tier=tier)
        for kind in sorted(set(self._broker.source_kinds.values())):
            for name, metric in _OF_SOURCES.items():
                self._add(metric, grown.get(f"{kind} {name}", 0), source=kind)
        self._add(Metric.CACHE_EVICTED, grown.get("disk evictions", 0))
        spoilt = grown.get("disk refused", 0) + grown.get("disk damaged", 0)
        self._add(Metric.CACHE_REFUSED, spoilt)

    def _by_kind(self, sources: Mapping[str, Any]) -> dict[str, float]:
        """Add up what sources of one kind did: their names are a deployment's, and not bounded."""
        kinds = self._broker.source_kinds
        totals: dict[str, float] = {}
        for name in sources.keys() & kinds.keys():
            for figure in _OF_SOURCES:
                key = f"{kinds[name]} {figure}"
                totals[key] = totals.get(key, 0) + _number(_part(sources, name), figure)
        return totals

    def _add(self, metric: Metric, value: float, **dimensions: str) -> None:
        self._metrics.add(metric, value, lane=self._lane, **dimensions)


def _part(figures: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = figures.get(name)
    return found if isinstance(found, dict) else {}


def _number(figures: Mapping[str, Any], name: str) -> float:
    found = figures.get(name)
    return float(found) if isinstance(found, int | float) else 0.0


def _numbers(prefix: str, figures: Mapping[str, Any]) -> dict[str, float]:
    return {f"{prefix} {name}": _number(figures, name) for name in figures}
