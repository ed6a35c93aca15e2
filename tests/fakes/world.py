"""A clock to set, an event bus and metrics to look into."""

from collections.abc import Mapping
from typing import Any

from moonwalk.adapters.metrics import check_dimensions
from moonwalk.domain.task import Task
from moonwalk.metrics import Metric
from tests.builders import NOW


class FakeClock:
    """A `Clock` that stands still until it is set."""

    def __init__(self, now: float = NOW) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


class FakeEvents:
    """`Events` that remember."""

    def __init__(self) -> None:
        self.told: list[tuple[Task, Mapping[str, Any]]] = []

    def crash_processed(self, task: Task, processed: Mapping[str, Any]) -> None:
        self.told.append((task, processed))


class FakeMetrics:
    """`Metrics` that remember, and refuse what is not declared, where others are not foreseen."""

    def __init__(self) -> None:
        self.recorded: list[tuple[Metric, float, Mapping[str, str]]] = []

    def add(self, metric: Metric, value: float = 1, **dimensions: str) -> None:
        check_dimensions(metric, dimensions)
        for each in metric.value.dimensions:
            if each.bounded(dimensions[each.name]) not in each.values:
                raise ValueError(
                    f"{metric.value.name}: {each.name}={dimensions[each.name]} is not declared"
                )
        self.recorded.append((metric, value, dimensions))

    def total(self, metric: Metric, **dimensions: str) -> float:
        """Sum the values that have at least these dimensions."""
        return sum(
            value
            for found, value, having in self.recorded
            if found is metric and dimensions.items() <= having.items()
        )
