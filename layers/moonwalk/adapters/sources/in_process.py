"""Health and memory of symbol sources for one process: a command's, which has no ledger."""

import threading
from collections.abc import Mapping

from moonwalk.domain.breaker import Breaker
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_places import SymbolPlace

_WELL = Breaker()


class ProcessHealth:
    """A `SourceHealth` that is gone with the process."""

    def __init__(self) -> None:
        """Begin with sources that are all well."""
        self._states: dict[str, Breaker] = {}
        self._lock = threading.Lock()

    def read(self, source: str) -> Breaker:
        """Read the state of a source."""
        return self._states.get(source, _WELL)

    def write(self, source: str, state: Breaker, *, replacing: Breaker) -> bool:
        """Write a state unless another thread wrote one first."""
        with self._lock:
            if self._states.get(source, _WELL) != replacing:
                return False
            self._states[source] = state
            return True


class ProcessMemory:
    """A `SymbolMemory` that is gone with the process."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._places: dict[SymbolPlace, dict[str, Remembered]] = {}

    def recall(self, place: SymbolPlace) -> Mapping[str, Remembered]:
        """Give what is remembered of a place."""
        return dict(self._places.get(place, {}))

    def remember(self, place: SymbolPlace, source: str, remembered: Remembered) -> None:
        """Remember an answer."""
        self._places.setdefault(place, {})[source] = remembered

    def forget(self, place: SymbolPlace) -> None:
        """Forget all answers about a place."""
        self._places.pop(place, None)
