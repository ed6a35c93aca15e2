"""The two lanes and the choice between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Lane(StrEnum):
    """Where a crash is walked."""

    LIGHT = "light"
    """A Lambda function under an Express workflow; the dispatcher waits for it."""
    HEAVY = "heavy"
    """A container worker, reached by a queue and answered through a task token."""


@dataclass(frozen=True, slots=True)
class LanePolicy:
    """The rule that picks the lane from what a crash will cost.

    Attributes:
        light_limit: the largest sum of minidump sizes, in bytes, that the light lane takes. What a
            walk costs grows with what has to be fetched and read; how many threads and frames
            are in it nobody knows before, and the light lane can still give a crash up.
    """

    light_limit: int

    def choose(self, minidump_sizes: Iterable[int]) -> Lane:
        """Pick the lane for a crash with minidumps of these sizes, in bytes."""
        return Lane.LIGHT if sum(minidump_sizes) <= self.light_limit else Lane.HEAVY
