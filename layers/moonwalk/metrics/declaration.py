"""What a metric of the catalogue is: name, kind, unit, dimensions and meaning."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import prod

NAMESPACE = "Moonwalk"
"""Under which CloudWatch shows them."""
OTHER = "other"
"""What a value that nobody declared is recorded as, so that no dimension can grow."""


class Unit(StrEnum):
    """CloudWatch's units, as far as they are used."""

    COUNT = "Count"
    SECONDS = "Seconds"
    BYTES = "Bytes"
    PERCENT = "Percent"
    BYTES_PER_SECOND = "Bytes/Second"
    COUNT_PER_SECOND = "Count/Second"
    NONE = "None"
    """A share or another figure without a unit of its own."""


class Kind(StrEnum):
    """What may be asked of a metric."""

    COUNTER = "counter"
    """Something happened so many times: its sum counts."""
    GAUGE = "gauge"
    """A level at some moment: its highest, lowest or latest value counts."""
    TIMING = "timing"
    """How long something took: its percentiles count."""
    SIZE = "size"
    """How large one thing was, or how much it took: its percentiles count, and its sum."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a metric is told apart by, and all values that it can have."""

    name: str
    values: tuple[str, ...]

    def bounded(self, value: str) -> str:
        """Give the value if it is a declared one, else `other`."""
        return value if value in self.values else OTHER


def dimension(name: str, *values: str | Iterable[str]) -> Dimension:
    """Declare a dimension by its values, or by the enums that they come from."""
    found = [
        str(each) for given in values for each in ([given] if isinstance(given, str) else given)
    ]
    return Dimension(name, tuple(dict.fromkeys(found)))


@dataclass(frozen=True, slots=True)
class Declaration:
    """One metric of the catalogue.

    Attributes:
        gathered: told at most once a minute by each process, all values at once: for what is
            recorded so often that a line for each would cost more than what it tells of.
    """

    name: str
    kind: Kind
    unit: Unit
    meaning: str
    dimensions: tuple[Dimension, ...] = ()
    gathered: bool = False

    @property
    def dimension_names(self) -> tuple[str, ...]:
        """Its dimensions' names, in their order."""
        return tuple(each.name for each in self.dimensions)

    @property
    def series(self) -> int:
        """How many metrics CloudWatch bills at most: one for each combination of values."""
        return prod(len(each.values) for each in self.dimensions)


def counter(name: str, meaning: str, *dimensions: Dimension) -> Declaration:
    """Declare a count of events."""
    return Declaration(name, Kind.COUNTER, Unit.COUNT, meaning, dimensions)


def gauge(name: str, unit: Unit, meaning: str, *dimensions: Dimension) -> Declaration:
    """Declare a level."""
    return Declaration(name, Kind.GAUGE, unit, meaning, dimensions)


def timing(name: str, meaning: str, *dimensions: Dimension, gathered: bool = False) -> Declaration:
    """Declare a time that something takes, in seconds."""
    return Declaration(name, Kind.TIMING, Unit.SECONDS, meaning, dimensions, gathered)


def size(name: str, unit: Unit, meaning: str, *dimensions: Dimension) -> Declaration:
    """Declare how large each of something is."""
    return Declaration(name, Kind.SIZE, unit, meaning, dimensions)
