"""How repeated figures spread, and the ratios of pairs: the arithmetic of every table here."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST = 95
"""Percent of the runs that a figure for the long tail has to hold for."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the middle and the largest of some figures."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, figures: Iterable[float]) -> "Spread":
        """Sum up figures, of which there is at least one."""
        ordered = sorted(figures)
        return cls(ordered[0], statistics.median(ordered), ordered[-1])


def ratios(reference: Sequence[float], ours: Sequence[float]) -> list[float]:
    """Give how many times the reference's figure is ours, pair by pair.

    Raises:
        ValueError: when they are no pairs.
    """
    return [theirs / own for theirs, own in zip(reference, ours, strict=True)]


def reached_by_most(figures: Iterable[float]) -> float:
    """Give the largest figure that 95 of 100 reach: what the slow tail of ratios still has."""
    ordered = sorted(figures, reverse=True)
    return ordered[math.ceil(len(ordered) * MOST / 100) - 1]


def within_for_most(figures: Iterable[float]) -> float:
    """Give the smallest figure that 95 of 100 stay within: the 95th percentile."""
    ordered = sorted(figures)
    return ordered[math.ceil(len(ordered) * MOST / 100) - 1]
