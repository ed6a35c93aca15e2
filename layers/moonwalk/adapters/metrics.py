"""Metrics as log lines in CloudWatch's embedded metric format (EMF)."""

import json
import sys
import threading
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from moonwalk.adapters.gathered_metrics import Dimensions, GatheredMetrics
from moonwalk.metrics import Metric
from moonwalk.metrics.declaration import NAMESPACE


class EmfMetrics:
    """`Metrics` that are collected, and printed by `flush` as one line per set of dimensions.

    A line of EMF has one value for each dimension, so what differs in one goes to another line;
    powertools' shared `Metrics` would mix them up, its `single_metric` print a line a value.
    Safe to use from several threads.
    """

    def __init__(self, namespace: str = NAMESPACE) -> None:
        """Take the namespace that CloudWatch shows the metrics under."""
        self._namespace = namespace
        self._lines: dict[Dimensions, AmazonCloudWatchEMFProvider] = {}
        self._gathered = GatheredMetrics(namespace)
        self._lock = threading.Lock()

    def add(self, metric: Metric, value: float = 1, **dimensions: str) -> None:
        """Record a value; a dimension's value that is not declared is recorded as `other`."""
        check_dimensions(metric, dimensions)
        declared = metric.value
        having = tuple(
            (each.name, each.bounded(dimensions[each.name])) for each in declared.dimensions
        )
        with self._lock:
            if declared.gathered:
                self._gathered.add(metric, value, having)
                return
            line = self._line(having)
            line.add_metric(declared.name, declared.unit.value, value)

    def flush(self) -> None:
        """Print what was recorded since the last time."""
        with self._lock:
            lines, self._lines = self._lines, {}
            gathered = list(self._gathered.due())
        for line in lines.values():
            # A line that reached EMF's hundred values was printed then and may be empty now.
            if line.metric_set:
                _print(line.serialize_metric_set())
        for document in gathered:
            _print(document)

    def _line(self, dimensions: Dimensions) -> AmazonCloudWatchEMFProvider:
        if dimensions not in self._lines:
            line = AmazonCloudWatchEMFProvider(
                namespace=self._namespace,
                metric_set={},
                dimension_set={name: str(value) for name, value in dimensions},
                metadata_set={},
                default_dimensions={},
            )
            # Powertools would add the service as one more dimension, which nobody declared.
            line.service = ""
            self._lines[dimensions] = line
        return self._lines[dimensions]


def _print(document: Mapping[str, Any]) -> None:
    """Write text and end of line at once: in a worker others print at the same time."""
    sys.stdout.write(json.dumps(document, separators=(",", ":")) + "\n")


def check_dimensions(metric: Metric, dimensions: Mapping[str, str]) -> None:
    """Refuse dimensions other than the declared ones.

    Raises:
        ValueError: when there are more, fewer or others.
    """
    declared = metric.value
    if dimensions.keys() != set(declared.dimension_names):
        given = ", ".join(sorted(dimensions)) or "none"
        wanted = ", ".join(declared.dimension_names) or "none"
        raise ValueError(f"{declared.name} has the dimensions {wanted}; given were {given}")
