"""How long an answer of a source is remembered, so that nobody asks again for nothing.

| answer                              | remembered for     | why                               |
|-------------------------------------|--------------------|-----------------------------------|
| absent                              | `absent` seconds   | it may come                       |
| failed, and the file itself is bad  | `unusable` seconds | only another file can help        |
| failed, refused or a foreign answer | `refused` seconds  | a setting or a page on the server |
| failed for a passing reason         | not at all         | the circuit breaker sees to it    |
| found                               | not here           | it is packed                      |
| too large, but not for a worker     | not at all         | a worker is to try it             |

All of it is forgotten when that symbol file is uploaded.
"""

from dataclasses import dataclass

from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Answer, Failed, Reason


@dataclass(frozen=True, slots=True)
class MemoryRules:
    """For how many seconds answers are remembered.

    Attributes:
        absent: a source did not have the file.
        unusable: what it has cannot be used.
        refused: it answered neither with a symbol file nor with what means that it has none.
        too_large: whether a file that is too large is bad for good.
    """

    absent: float = 3600.0
    unusable: float = 86_400.0
    refused: float = 300.0
    too_large: bool = True


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer that is not asked for again until its time is up (seconds since the epoch)."""

    answer: Absent | Failed
    until: float

    def holds(self, now: float) -> bool:
        """Tell whether it still counts."""
        return now < self.until


def remember(answer: Answer | SymbolPlace, now: float, rules: MemoryRules) -> Remembered | None:
    """Give what is to be remembered of an answer; None for nothing."""
    if isinstance(answer, Absent):
        return Remembered(answer, now + rules.absent)
    if isinstance(answer, Failed) and answer.reason is Reason.TOO_LARGE and not rules.too_large:
        return None
    if isinstance(answer, Failed) and not answer.reason.is_passing:
        seconds = rules.unusable if answer.reason.is_the_files else rules.refused
        return Remembered(answer, now + seconds)
    return None
