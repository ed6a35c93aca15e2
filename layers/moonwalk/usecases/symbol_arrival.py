"""What is done when there is news of symbols, whoever brought it: nobody remembers their lack."""

from collections.abc import Mapping
from dataclasses import dataclass

from moonwalk.domain.misses import News
from moonwalk.domain.symbols import SymbolKey
from moonwalk.miss_ports import Arrivals
from moonwalk.ports import Clock, SymbolMemory
from moonwalk.symbol_ports import SymbolNeeds


@dataclass(frozen=True, slots=True)
class SymbolArrival:
    """Forgets what was remembered of symbols, and tells the news to those who missed them.

    Attributes:
        memories: of the scopes that have sources; nothing is ever remembered of another one.
        after: seconds until the first crash may go: walkers have then noticed the pack, and what
            comes together with it is there, too.
    """

    memories: Mapping[str, SymbolMemory]
    needs: SymbolNeeds
    arrivals: Arrivals
    clock: Clock
    after: float

    def __call__(self, key: SymbolKey) -> None:
        """Tell that symbols are packed; once more does no harm."""
        memory = self.memories.get(key.scope)
        if memory is not None:
            memory.forget(key.file)
            self.needs.forget(key)
        self._tell(key, News.PACKED)

    def absent(self, key: SymbolKey) -> None:
        """Tell that no source has symbols that somebody needed."""
        self.needs.forget(key)
        self._tell(key, News.ABSENT)

    def _tell(self, key: SymbolKey, news: News) -> None:
        self.arrivals.tell(key, news, self.clock.now() + self.after)
