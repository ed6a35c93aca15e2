"""Recorded series: what was measured of each metric in each minute, and statistics over windows."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import accumulate

Key = tuple[str, str, frozenset[tuple[str, str]]]
Sample = tuple[float, int]
"""A value, and how often it was measured."""
Points = list[float | None]
"""A datapoint for each minute: of the window that ends with it."""

_RANK = re.compile(r"PR\(:(\d+)\)")
_EXTREMES: Mapping[str, Callable[[list[float]], float]] = {"Minimum": min, "Maximum": max}


class UnknownStatisticError(Exception):
    """A statistic that no template of ours should use without this file knowing it."""


def key(namespace: str, name: str, dimensions: Mapping[str, str]) -> Key:
    """Name a metric."""
    return namespace, name, frozenset(dimensions.items())


class Recorded:
    """Samples by metric and minute."""

    def __init__(self, length: int = 0) -> None:
        """Begin with so many minutes in which nothing was measured."""
        self._minutes: dict[Key, dict[int, list[Sample]]] = defaultdict(lambda: defaultdict(list))
        self.length = length

    def add(self, metric: Key, minute: int, value: float, times: int = 1) -> None:
        """Record a value of one minute."""
        if times:
            self._minutes[metric][minute].append((value, times))
        self.length = max(self.length, minute + 1)

    def points(self, metric: Key, statistic: str, period: int) -> Points:
        """Give a statistic over so many seconds before each minute's end; None without samples.

        Raises:
            UnknownStatisticError: for one that is not expected.
        """
        minutes = period // 60
        counts = self._sums(metric, lambda _: 1, minutes)
        if statistic in _EXTREMES:
            return self._extremes(metric, _EXTREMES[statistic], minutes)
        if statistic == "SampleCount":
            return [count or None for count in counts]
        sums = self._sums(metric, _worth(statistic), minutes)
        share = {"Sum": 0, "Average": 1}.get(statistic, 100)
        return [
            None if not count else total if not share else share * total / count
            for total, count in zip(sums, counts, strict=True)
        ]

    def _sums(self, metric: Key, worth: Callable[[float], float], minutes: int) -> list[float]:
        """Sum up what samples are worth, as differences of running sums."""
        samples = self._minutes.get(metric, {})
        each = (
            sum(worth(value) * times for value, times in samples.get(at, ()))
            for at in range(self.length)
        )
        running = list(accumulate(each, initial=0.0))
        return [running[at + 1] - running[max(0, at + 1 - minutes)] for at in range(self.length)]

    def _extremes(
        self, metric: Key, choose: Callable[[list[float]], float], minutes: int
    ) -> Points:
        samples = self._minutes.get(metric, {})
        each = {at: choose([value for value, _ in found]) for at, found in samples.items()}
        windows = (
            [each[past] for past in range(max(0, at + 1 - minutes), at + 1) if past in each]
            for at in range(self.length)
        )
        return [choose(window) if window else None for window in windows]


def _worth(statistic: str) -> Callable[[float], float]:
    """Say what one value adds to a sum."""
    if rank := _RANK.fullmatch(statistic):
        return lambda value: value <= float(rank[1])
    if statistic not in ("Sum", "Average"):
        raise UnknownStatisticError(f"no alarm was expected to use {statistic!r}")
    return lambda value: value
