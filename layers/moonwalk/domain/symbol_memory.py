"""How long an answer of a source is remembered, so that nobody asks again for nothing.

| answer                             | remembered for       | forgotten early when              |
|------------------------------------|----------------------|-----------------------------------|
| absent                             | `absent` seconds     | that symbol file is uploaded      |
| failed, and asking again can't help| `unusable` seconds   | that symbol file is uploaded      |
| failed for a passing reason        | not at all           | (the circuit breaker sees to it)  |
| found                              | not here: it is packed |                                 |
"""

from dataclasses import dataclass

from moonwalk.domain.symbol_sources import Absent, Answer, Failed


@dataclass(frozen=True, slots=True)
class MemoryRules:
    """For how many seconds answers are remembered.

    Attributes:
        absent: a source did not have the file.
        unusable: what it has cannot be used.
    """

    absent: float = 3600.0
    unusable: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer that is not asked for again until its time is up (seconds since the epoch)."""

    answer: Absent | Failed
    until: float

    def holds(self, now: float) -> bool:
        """Tell whether it still counts."""
        return now < self.until


def remember(answer: Answer, now: float, rules: MemoryRules) -> Remembered | None:
    """Give what is to be remembered of an answer; None for nothing."""
    if isinstance(answer, Absent):
        return Remembered(answer, now + rules.absent)
    if isinstance(answer, Failed) and not answer.reason.is_passing:
        return Remembered(answer, now + rules.unusable)
    return None
