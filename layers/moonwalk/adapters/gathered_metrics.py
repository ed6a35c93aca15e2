"""Metrics that are recorded dozens of times for each crash, told once a minute by each process.

Fifty rules are fifty lines of log, 11 KB a crash: that is half as dear as the crash itself. In
CloudWatch's embedded format a line may hold many values of a metric with how often each came, so
nothing is lost of their distribution but the third digit.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from moonwalk.metrics import Metric

EVERY_SECONDS = 60.0
_MOST_VALUES = 100
"""That one line may hold."""

Dimensions = tuple[tuple[str, str], ...]


class GatheredMetrics:
    """Values that wait to be told; for one thread at a time.

    The first are due at once, so that a function that sees one crash in its life tells them, too;
    what a process gathers in its last minute is lost with it.
    """

    def __init__(self, namespace: str, monotonic: Callable[[], float] = time.monotonic, /) -> None:
        """Take the namespace that CloudWatch shows them under."""
        self._namespace = namespace
        self._monotonic = monotonic
        self._values: dict[tuple[Metric, Dimensions], Counter[float]] = {}
        self._due = monotonic()

    def add(self, metric: Metric, value: float, dimensions: Dimensions) -> None:
        """Gather a value."""
        values = self._values.setdefault((metric, dimensions), Counter())
        values[float(f"{value:.2g}")] += 1

    def due(self) -> Iterator[dict[str, Any]]:
        """Give, and forget, what is to be told now as documents of the embedded format."""
        now = self._monotonic()
        if not self._values or now < self._due:
            return
        self._due = now + EVERY_SECONDS
        gathered, self._values = self._values, {}
        for (metric, dimensions), values in gathered.items():
            left = iter(values.items())
            while some := dict(islice(left, _MOST_VALUES)):
                yield self._document(metric, dimensions, some)

    def _document(
        self, metric: Metric, dimensions: Dimensions, values: dict[float, int]
    ) -> dict[str, Any]:
        declared = metric.value
        directive = {
            "Namespace": self._namespace,
            "Dimensions": [[name for name, _ in dimensions]],
            "Metrics": [{"Name": declared.name, "Unit": declared.unit.value}],
        }
        return {
            "_aws": {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [directive]},
            **dict(dimensions),
            declared.name: _distribution(values),
        }


def _distribution(values: dict[float, int]) -> dict[str, Any]:
    """Give values, how often each came, and their sums, as a set of statistics has them.

    The format's specification speaks of numbers and arrays; that CloudWatch takes this as well is
    known from OpenTelemetry's exporter to it, which sends all six.
    """
    return {
        "Values": list(values),
        "Counts": list(values.values()),
        "Min": min(values),
        "Max": max(values),
        "Count": sum(values.values()),
        "Sum": sum(value * count for value, count in values.items()),
    }
