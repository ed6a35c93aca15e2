"""The knobs, as each entry point reads them."""

from collections.abc import Callable

from moonwalk.adapters import aws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.knob_parameter import MAX_AGE_SECONDS, ParameterKnobs
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.domain.knobs import KnobQueue
from moonwalk.knob_environment import KnobSettings
from moonwalk.knob_ports import Knobs


def knobs(
    settings: KnobSettings, metrics: EmfMetrics, max_age: float = MAX_AGE_SECONDS
) -> ParameterKnobs:
    """Give the knobs; nothing is read before somebody wants to know how they stand.

    Args:
        settings: where they are, and which there are.
        metrics: where trouble is counted.
        max_age: seconds for which what was read is good.
    """
    return ParameterKnobs(
        settings.parameter,
        settings.panel,
        SystemClock(),
        metrics,
        aws.parameters,
        max_age=max_age,
    )


def number(knobs: Knobs, name: str) -> Callable[[], int]:
    """Give what tells how a number stands."""
    return lambda: knobs.now().number(name)


def paused(knobs: Knobs) -> Callable[[KnobQueue], bool]:
    """Give what tells of a queue whether it is paused."""
    return lambda queue: knobs.now().is_paused(queue)
