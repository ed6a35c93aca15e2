"""How the meeting of a need can end, and what follows when its sources fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.backoff import Backoff
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import ASK_HOLDS, Failing
from moonwalk.domain.symbol_sources import Failed
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics
from moonwalk.symbol_ports import SymbolNeeds
from moonwalk.usecases.dispatch import Later
from moonwalk.usecases.leases import Leases

BACKOFF = Backoff(first=10.0, longest=900.0)
"""Between tries of a source that is failing."""
GIVEN_UP_FOR = 900.0
"""Seconds for which nobody asks again after the last try."""


class Met(StrEnum):
    """What became of a need."""

    PACKED = "packed"
    THERE = "there"
    """Somebody else had packed it."""
    ABSENT = "absent"
    """No source has it."""
    UNUSABLE = "unusable"
    """A source answers with what cannot be used; that is remembered for a while."""
    FAILING = "failing"
    """A source is unwell: to be tried again."""
    GIVEN_UP = "given_up"
    """The same, and this was the last try; the next crash asks anew."""
    TAKEN = "taken"
    """Another message about it is worked on."""
    HANDED_ON = "handed_on"
    """It is too much here; a worker of the heavy lane has been told."""
    NO_SOURCES = "no_sources"
    """The scope has none."""


End = tuple[Met, Later | None]
"""What became of a need, and when its message is shown again, if it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesFailed:
    """Handles a need that sources have failed: it is tried later, or no more.

    Attributes:
        leases: of which this process has the need's.
        max_tries: how often a message may be received.
    """

    needs: SymbolNeeds
    leases: Leases
    metrics: Metrics
    max_tries: int

    def __call__(self, key: SymbolKey, failures: Mapping[str, Failed], message: Message) -> End:
        """Tell whether and when to try again, by what each source answered."""
        for failed in failures.values():
            self.metrics.add(Metric.SYMBOL_SOURCE_FAILURES, reason=failed.reason)
        passing = {name: each for name, each in failures.items() if each.reason.is_passing}
        if passing:
            return self._passing(key, passing, message)
        # All answers are remembered, so that whoever asks is told by the memory.
        self.needs.forget(key)
        return Met.UNUSABLE, None

    def _passing(self, key: SymbolKey, passing: Mapping[str, Failed], message: Message) -> End:
        name, failed = next(iter(passing.items()))
        failing = Failing(name, failed.reason, failed.detail)
        if message.tries >= self.max_tries:
            self.leases.give_back(key, failing, asked_for=GIVEN_UP_FOR)
            return Met.GIVEN_UP, None
        asked_for = max(each.retry_after or 0.0 for each in passing.values())
        pause = max(BACKOFF.after(message.tries), asked_for)
        self.leases.give_back(key, failing, asked_for=pause + ASK_HOLDS)
        return Met.FAILING, Later(pause, str(failing))
