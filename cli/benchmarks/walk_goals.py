"""The goals of `make bench-walk`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cli.benchmarks.report import Goal
from cli.benchmarks.spread import Spread, reached_by_most
from cli.benchmarks.walk_figures import Figure, Measured

MEGABYTE = 1e6
TIMES = "x"


@dataclass(frozen=True, slots=True)
class Hope:
    """A goal before it was measured.

    Attributes:
        figure: which figure of the case.
        value: what of that figure is held against the goal.
        at_least: whether the value is to be at least the goal, or at most.
    """

    case: str
    figure: str
    goal: float
    unit: str
    value: Callable[[Figure], float]
    at_least: bool = True
    called: str = ""

    def measured(self, figures: Mapping[str, Figure]) -> Goal:
        """Give the goal with what was measured, if it was."""
        figure = figures.get(self.figure)
        value = self.value(figure) if figure else None
        name = f"{self.case}, {self.called or self.figure}"
        return Goal(name, self.goal, value, self.unit, at_least=self.at_least)


def _median(figure: Figure) -> float:
    return Spread.of(figure.ratios).middle


def _tail(figure: Figure) -> float:
    return reached_by_most(figure.ratios)


def _most(figure: Figure) -> float:
    return max(figure.moonwalk)


def _most_megabytes(figure: Figure) -> float:
    return max(figure.moonwalk) / MEGABYTE


GIANT = "firefox-linux-giant"
GENERATED = "generated-dumps"
HOPES = (
    Hope(GIANT, "wall", 200, TIMES, _median),
    Hope(GIANT, "user + system", 200, TIMES, _median),
    Hope(GIANT, "instructions", 200, TIMES, _median),
    Hope(GIANT, "symbol bytes", 500, TIMES, _median),
    Hope(GIANT, "reads", 300, "reads", _most, at_least=False),
    Hope(GIANT, "peak memory", 40, "MB", _most_megabytes, at_least=False),
    Hope(GENERATED, "wall", 150, TIMES, _median, called="wall, median"),
    Hope(GENERATED, "wall", 100, TIMES, _tail, called="wall, 95 of 100 dumps"),
    Hope(GENERATED, "peak memory", 40, "MB", _most_megabytes, at_least=False),
    Hope("firefox-linux", "wall", 10, TIMES, _median),
    Hope("firefox-windows", "wall", 6, TIMES, _median),
)


def goals(cases: Mapping[str, Measured]) -> list[Goal]:
    """Give the goals of the cases that were asked for; one without a figure has no value."""
    return [hope.measured(cases[hope.case].figures()) for hope in HOPES if hope.case in cases]
