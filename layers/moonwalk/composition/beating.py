"""What tells how parts are that run for long: a worker's container, and brokers of either lane."""

from collections.abc import Callable
from dataclasses import dataclass

from moonwalk.adapters.broker_figures import BrokerFigures
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.vitals.container import ContainerVitals
from moonwalk.composition.processing import SCRATCH, Walking
from moonwalk.domain.lane import Lane


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a heartbeat tells.

    Attributes:
        metrics: where it goes; nobody else's figures are in it.
        tell: each records a part of it.
    """

    metrics: EmfMetrics
    tell: tuple[Callable[[], None], ...]


def of_function(walking: Walking) -> BrokerFigures:
    """Tell what the broker of a function's environment does, beside the function's own figures."""
    return BrokerFigures(walking.broker, walking.metrics, Lane.LIGHT)


def of_worker(walking: Walking) -> Vitals:
    """Tell how a worker's container is, and what its broker does."""
    metrics = EmfMetrics()
    container = ContainerVitals(metrics, SCRATCH)
    figures = BrokerFigures(walking.broker, metrics, Lane.HEAVY)
    return Vitals(metrics, (container.tell, figures.tell))
