"""Needs of symbols, and the queue in which they are asked for, in memory."""

from collections.abc import Callable

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.symbol_needs import Need, NeedState
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbols import SymbolKey


class FakeSymbolNeeds:
    """`SymbolNeeds` whose items are an attribute.

    Attributes:
        before: called with the name of a method before it does anything; may raise, or write.
    """

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _method: None
        self.states: dict[SymbolKey, NeedState] = {}

    def read(self, key: SymbolKey) -> NeedState | None:
        self.before("read")
        return self.states.get(key)

    def write(
        self, key: SymbolKey, state: NeedState | None, *, replacing: NeedState | None
    ) -> bool:
        self.before("write")
        if self.states.get(key) != replacing:
            return False
        self.states.pop(key, None)
        if state:
            self.states[key] = state
        return True

    def forget(self, key: SymbolKey) -> None:
        self.before("forget")
        self.states.pop(key, None)


class FakeToldPlaces:
    """`ToldPlaces` whose items are an attribute."""

    def __init__(self) -> None:
        self.places: dict[CodeKey, SymbolPlace] = {}

    def place(self, key: CodeKey) -> SymbolPlace | None:
        return self.places.get(key)

    def keep(self, key: CodeKey, place: SymbolPlace) -> None:
        self.places[key] = place


class FakeSymbolRequests:
    """`SymbolRequests` that remember."""

    def __init__(self) -> None:
        self.sent: list[Need] = []

    def need(self, need: Need) -> None:
        self.sent.append(need)
