"""Looks for the symbols of a module: one source after the other, the first hit wins.

A source that fails does not end the search, as another may have the file. But a search that ends
without a hit says which sources failed; only when none did, the module is known to have no symbols.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from moonwalk.domain.breaker import BreakerRules
from moonwalk.domain.symbol_memory import MemoryRules, remember
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace, asked_by_code, code_place
from moonwalk.domain.symbol_sources import Absent, Answer, Failed, Found, Reason
from moonwalk.ports import Clock, SourceHealth, SymbolMemory, SymbolSource

T = TypeVar("T", SymbolPlace | Absent | Failed, Answer)

_MAX_RACES = 8
"""Writers of one source's state at a time; a failure that is not counted is no harm."""


@dataclass(frozen=True, slots=True)
class Search:
    """How a search ended.

    Attributes:
        place: of the symbols; None when no source knows the module's debug id.
        source: that had them, by name.
        found: what is known of the hit; None when there was none.
        failures: by source; without a hit and without these the symbols are missing.
    """

    place: SymbolPlace | None = None
    source: str | None = None
    found: Found | None = None
    failures: Mapping[str, Failed] = field(default_factory=dict)

    @property
    def is_missing(self) -> bool:
        """Whether every source is known not to have them."""
        return self.found is None and not self.failures


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSymbols:
    """The search, over the sources of one scope in their order.

    Attributes:
        is_off: tells of a source, by name, whether it is not to be asked.
    """

    sources: Sequence[SymbolSource]
    health: SourceHealth
    memory: SymbolMemory
    clock: Clock
    breaker_rules: BreakerRules = BreakerRules()  # noqa: RUF009 - frozen
    memory_rules: MemoryRules = MemoryRules()  # noqa: RUF009 - frozen
    is_off: Callable[[str], bool] = lambda _: False

    def __call__(self, module: LoadedModule, to: Path) -> Search:
        """Put the symbol text of a module into a file, if a source has it.

        Raises:
            BadNameError: when the module's names cannot be used.
            RetryLater: when the file, the health or the memory fail.
        """
        placed = self.place(module)
        place, failures = placed.place, dict(placed.failures)
        if place is None:
            return placed
        remembered = self.memory.recall(place)
        for source in self.sources:
            name = source.source.name
            known = remembered.get(name)
            if known is not None and known.holds(self.clock.now()):
                answer: Answer = known.answer
            else:
                answer = self._fetched(source, place, module, to)
            if isinstance(answer, Found):
                return Search(place, name, answer)
            if isinstance(answer, Failed):
                failures[name] = answer
        return Search(place, failures=failures)

    def place(self, module: LoadedModule) -> Search:
        """Find out where the symbols of a module belong; for most its names tell.

        Raises:
            BadNameError: when the module's names cannot be used.
            RetryLater: when the health or the memory fail.
        """
        if not module.is_known_by_code_only:
            return Search(SymbolPlace.of(module))
        code, failures = asked_by_code(code_place(module)), dict[str, Failed]()
        remembered = self.memory.recall(code)
        for source in self.sources:
            name = source.source.name
            known = remembered.get(name)
            if known is not None and known.holds(self.clock.now()):
                answer: SymbolPlace | Absent | Failed = known.answer
            else:
                answer = self._asked(source, partial(source.place_of, module))
                self._remember(code, name, answer)
            if isinstance(answer, SymbolPlace):
                return Search(answer, failures=failures)
            if isinstance(answer, Failed):
                failures[name] = answer
        return Search(failures=failures)

    def reject(self, search: Search, failed: Failed) -> None:
        """Remember of a hit that it turned out to be of no use, so that the next search passes on.

        Raises:
            RetryLater: when the memory fails.
        """
        remembered = remember(failed, self.clock.now(), self.memory_rules)
        if search.place and search.source and remembered:
            self.memory.remember(search.place, search.source, remembered)

    def _fetched(
        self, source: SymbolSource, place: SymbolPlace, module: LoadedModule, to: Path
    ) -> Answer:
        answer = self._asked(source, partial(source.fetch, place, module, to))
        self._remember(place, source.source.name, answer)
        return answer

    def _remember(self, place: SymbolPlace, source: str, answer: Answer | SymbolPlace) -> None:
        remembered = remember(answer, self.clock.now(), self.memory_rules)
        if remembered is not None:
            self.memory.remember(place, source, remembered)

    def _asked(self, source: SymbolSource, ask: Callable[[], T]) -> T | Failed:
        """Ask a source, unless it is resting or off; and note how it went."""
        name, now = source.source.name, self.clock.now()
        if self.is_off(name):
            return Failed(Reason.SWITCHED_OFF, "it is switched off by a knob")
        state = self.health.read(name)
        if not state.is_well:
            trial = state.on_trial(now, self.breaker_rules)
            mine = state.may_try(now) and self.health.write(name, trial, replacing=state)
            if not mine:
                detail = "it failed too often and is left alone for now"
                return Failed(Reason.RESTING, detail, state.rests_for(now))
        answer = ask()
        self._note(name, answer)
        return answer

    def _note(self, name: str, answer: Answer | SymbolPlace) -> None:
        """Count a failure of the source itself; any other answer shows that it is well."""
        for _ in range(_MAX_RACES):
            state, now = self.health.read(name), self.clock.now()
            if isinstance(answer, Failed) and answer.reason.is_the_sources:
                after = state.failed(now, self.breaker_rules, answer.retry_after)
            else:
                after = state.succeeded(now)
            if after == state or self.health.write(name, after, replacing=state):
                return
