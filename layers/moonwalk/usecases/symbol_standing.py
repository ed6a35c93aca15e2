"""How the symbols of a module stand, and asking for them: once, however many want to know."""

from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.failures import RetryLater
from moonwalk.domain.symbol_needs import ASK_HOLDS, Need, NeedState
from moonwalk.domain.symbol_sources import Failed
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics, SymbolMemory
from moonwalk.symbol_ports import SymbolNeeds, SymbolRequests, SymbolStore


class Stands(StrEnum):
    """How the symbols of a module stand."""

    HERE = "here"
    MISSING = "missing"
    PENDING = "pending"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Standing:
    """The same, with more about it for a person; that may be empty."""

    stands: Stands
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOnce:
    """Looks how symbols of one scope stand, and asks for those that nobody has asked for.

    Attributes:
        sources: of the scope, by name.
    """

    scope: str
    sources: frozenset[str]
    needs: SymbolNeeds
    memory: SymbolMemory
    requests: SymbolRequests
    store: SymbolStore
    clock: Clock
    metrics: Metrics

    def __call__(self, need: Need) -> Standing:
        """Tell how a module's symbols stand, after having seen to it that they are asked for."""
        state = self.needs.read(need.key)
        return self._remembered(need.key) or self._on_its_way(state) or self._asked(need, state)

    def look(self, key: SymbolKey) -> Standing:
        """Look whether symbols that were asked for have come."""
        return self.packed(key) or self.known(key) or Standing(Stands.PENDING)

    def packed(self, key: SymbolKey) -> Standing | None:
        """Tell how it stands if there is a pack."""
        pack = self.store.pack(key)
        if pack is None:
            return None
        return Standing(Stands.HERE if pack.is_of_use else Stands.MISSING)

    def known(self, key: SymbolKey) -> Standing | None:
        """Tell what is remembered or on its way; None when nobody has asked."""
        return self._remembered(key) or self._on_its_way(self.needs.read(key))

    def _remembered(self, key: SymbolKey) -> Standing | None:
        """Tell what every source of the scope is remembered to have answered."""
        now = self.clock.now()
        remembered = self.memory.recall(key.file)
        held = {name: each for name, each in remembered.items() if each.holds(now)}
        if not self.sources <= held.keys():
            return None
        for name in sorted(self.sources):
            answer = held[name].answer
            if isinstance(answer, Failed):
                return Standing(Stands.FAILING, f"{name}: {answer.reason}")
        return Standing(Stands.MISSING)

    def _on_its_way(self, state: NeedState | None) -> Standing | None:
        if state is None or not state.is_asked(self.clock.now()):
            return None
        if state.failing:
            return Standing(Stands.FAILING, f"{state.failing.source}: {state.failing.reason}")
        return Standing(Stands.PENDING)

    def _asked(self, need: Need, before: NeedState | None) -> Standing:
        """Ask, if nobody else is faster and it has not come meanwhile.

        Args:
            need: what is asked for.
            before: how it stood; whoever changed that since was faster.
        """
        if here := self.packed(need.key):
            return here
        asked = NeedState(self.clock.now() + ASK_HOLDS)
        if self.needs.write(need.key, asked, replacing=before):
            try:
                self.requests.need(need)
            except RetryLater:
                self.needs.write(need.key, None, replacing=asked)
                raise
            self.metrics.add(Metric.SYMBOLS_ASKED)
        return Standing(Stands.PENDING)
