"""How the symbols of a module stand, and asking for them: once, however many want to know."""

from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.symbol_needs import ASK_HOLDS, Need, NeedState
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbol_sources import Failed
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics, SymbolMemory
from moonwalk.symbol_ports import SymbolNeeds, SymbolRequests, SymbolStore, ToldPlaces


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

    Those that are known by a code file only stand as what was told of them does, if anything was.

    Attributes:
        sources: of the scope, by name.
    """

    scope: str
    sources: frozenset[str]
    needs: SymbolNeeds
    told: ToldPlaces
    memory: SymbolMemory
    requests: SymbolRequests
    store: SymbolStore
    clock: Clock
    metrics: Metrics

    def __call__(self, need: Need) -> Standing:
        """Tell how a module's symbols stand, after having seen to it that they are asked for."""
        if place := self.place_of(need.key):
            need = need.at(place)
        state = self.needs.read(need.key)
        return self._remembered(need.key) or self._on_its_way(state) or self._asked(need, state)

    def look(self, key: SymbolKey) -> Standing:
        """Look whether symbols that were asked for have come."""
        key = self._placed(key)
        known = self._packed(key) or self._remembered(key) or self._on_its_way(self.needs.read(key))
        return known or Standing(Stands.PENDING)

    def packed(self, key: SymbolKey) -> Standing | None:
        """Tell how it stands if there is a pack."""
        return self._packed(self._placed(key))

    def place_of(self, key: SymbolKey) -> SymbolPlace | None:
        """Give the place that was told for a code file; None for what needs none to be told."""
        return self.told.place(key) if isinstance(key, CodeKey) else None

    def _placed(self, key: SymbolKey) -> SymbolKey:
        place = self.place_of(key)
        return SymbolKey.at(key.scope, place) if place else key

    def _packed(self, key: SymbolKey) -> Standing | None:
        pack = None if isinstance(key, CodeKey) else self.store.pack(key)
        if pack is None:
            return None
        return Standing(Stands.HERE if pack.is_of_use else Stands.MISSING)

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
        if here := self._packed(need.key):
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
