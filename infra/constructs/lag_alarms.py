"""Lag against its objective: how fast the share of late crashes eats what may be late.

An objective of 99 % leaves 1 % that may be late. A fast burn uses that up 14.4 times too fast, a
slow one 6 times. Each is looked at over a long window, so that a hiccup wakes nobody, and over a
short one besides, so that the alarm ends soon after its cause.
"""

from typing import NamedTuple

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import MathExpression
from constructs import Construct

from infra.constructs.watching import any_of, filled_sum, math, own, watch_over
from infra.observability.watches import Watch
from infra.settings import Settings
from moonwalk.domain.request import QueueClass
from moonwalk.metrics import Metric

FRESH = (QueueClass.PRIORITY, QueueClass.STANDARD)
SHORT_TIMES = 2
"""Short windows in a row: one is what new workers take to answer a burst."""
_FIRST = "first"
"""Runs of fresh crashes, apart from those of crashes that are processed again."""
_LATE = "FILL({n}, 0) * (100 - FILL({p}, 100)) / 100"


class Burn(NamedTuple):
    """How many times too fast, and over which windows."""

    watch: Watch
    factor: float
    long: Duration
    short: Duration


BURNS = (
    Burn(Watch.LAG_FAST, 14.4, Duration.hours(1), Duration.minutes(5)),
    Burn(Watch.LAG_SLOW, 6, Duration.hours(6), Duration.minutes(30)),
)


class LagAlarms(Construct):
    """Two burn rates of two windows each.

    Attributes:
        rule: of a composite alarm, raised by either burn.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.rule = " OR ".join(self._burn(settings, burn) for burn in BURNS)

    def _burn(self, settings: Settings, burn: Burn) -> str:
        limit = burn.factor * (100 - settings.lag_percent)
        windows = (
            ("long", burn.long, settings.lag_fewest, 1),
            ("short", burn.short, 1, SHORT_TIMES),
        )
        names = [
            watch_over(
                self,
                settings,
                burn.watch,
                late_percent(settings, window, fewest),
                subject=subject,
                limit=limit,
                times=times,
            )
            for subject, window, fewest, times in windows
        ]
        return "(" + " AND ".join(any_of([name]) for name in names) + ")"


def late_percent(settings: Settings, window: Duration, fewest: int) -> MathExpression:
    """Give the percentage of fresh crashes beyond the objective; 0 where they are but a few.

    CloudWatch tells of each queue what percentage is below (a percentile's rank), and how many
    there were.
    """
    within = f"PR(:{settings.lag_seconds})"
    named = {}
    for at, queue in enumerate(FRESH):
        named[f"n{at}"] = own(Metric.LAG, "SampleCount", window, queue=queue.value, run=_FIRST)
        named[f"p{at}"] = own(Metric.LAG, within, window, queue=queue.value, run=_FIRST)
    places = range(len(FRESH))
    late = " + ".join(_LATE.format(n=f"n{at}", p=f"p{at}") for at in places)
    every = filled_sum(f"n{at}" for at in places)
    percent = f"IF({late} >= {fewest}, 100 * ({late}) / ({every}), 0)"
    return math(percent, named, window, label="late, %")
