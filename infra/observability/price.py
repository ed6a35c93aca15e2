"""What metrics and alarms cost at most, by list prices of 2026 (us-east-1), a month.

CloudWatch bills a metric for each combination of its dimensions' values that came in a month, so
the catalogue's declarations bound it.
"""

from collections.abc import Iterable

from moonwalk.metrics import Declaration

METRIC = 0.30
"""Dollars, for each of the first 10,000 metrics of an account."""
CHEAP_FROM = 10_000
ALARM_METRIC = 0.10
"""For each metric that an alarm looks at."""
COMPOSITE = 0.50
DASHBOARD = 3.00
LOG_GB = 0.50
"""For a gigabyte of log lines, which metrics in EMF are."""


def of_metrics(declarations: Iterable[Declaration]) -> float:
    """Give the price of all metrics, if every combination comes.

    Raises:
        ValueError: when there are so many that the price is another.
    """
    series = sum(each.series for each in declarations)
    if series > CHEAP_FROM:
        raise ValueError(f"{series} metrics: the price is known for {CHEAP_FROM} only")
    return METRIC * series


def of_lines(bytes_of_a_crash: float, crashes_a_day: int) -> float:
    """Give the price of the lines that metrics are written in."""
    return LOG_GB * bytes_of_a_crash * crashes_a_day * 30 / 1e9
