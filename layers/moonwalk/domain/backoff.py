"""How long to wait before the world is asked again."""

import random
from dataclasses import dataclass

_MOST_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Backoff:
    """A pause that doubles with every try and is spread by half, so that a herd falls apart.

    Attributes:
        first: the longest pause after the first try, in seconds.
        longest: the longest pause after any.
    """

    first: float
    longest: float

    def after(self, tries: int) -> float:
        """Give the seconds to wait after so many tries."""
        most = min(self.longest, self.first * 2.0 ** min(tries - 1, _MOST_DOUBLINGS))
        return random.uniform(most / 2, most)  # noqa: S311 - spreads load, guards nothing
