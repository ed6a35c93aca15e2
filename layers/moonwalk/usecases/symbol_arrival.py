"""What is done when symbols have come, whoever brought them: nobody remembers their lack."""

from collections.abc import Mapping
from dataclasses import dataclass

from moonwalk.domain.symbols import SymbolKey
from moonwalk.ports import SymbolMemory
from moonwalk.symbol_ports import SymbolNeeds


@dataclass(frozen=True, slots=True)
class SymbolArrival:
    """Forgets what was remembered of symbols that are packed now.

    Attributes:
        memories: of the scopes that have sources; nothing is ever remembered of another one.
    """

    memories: Mapping[str, SymbolMemory]
    needs: SymbolNeeds

    def __call__(self, key: SymbolKey) -> None:
        """Forget; once more does no harm."""
        memory = self.memories.get(key.scope)
        if memory is None:
            return
        memory.forget(key.file)
        self.needs.forget(key)
