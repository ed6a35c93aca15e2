"""Walks a minidump with symbols from servers: walk, fetch what was missing, walk again.

Each walk may touch modules that the one before did not reach, so this goes on until nothing new is
found. What a server failed to give is told, and is never the same as a server that has nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cli import needs
from cli.exits import UsageError
from cli.fetched import FetchedSymbols
from cli.side_by_side import side_by_side
from cli.stackwalker import Walked
from cli.terminal import Steps
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.sources.in_process import ProcessHealth
from moonwalk.domain.breaker import BreakerRules
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.symbol_places import BadNameError, LoadedModule, SymbolPlace, code_place
from moonwalk.ports import SymbolSource
from moonwalk.usecases.find_symbols import FindSymbols, Search

MOST_WALKS = 6
_AT_ONCE = 4
_GIVEN_UP_AFTER = BreakerRules(failures=5)
"""Failures, each after its own tries: a person waits for the answer."""


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A module whose symbols could not be had, although a server may have them."""

    module: LoadedModule
    why: str


@dataclass
class Fetching:
    """Fetches symbols into a cache.

    Attributes:
        unfetched: modules that are without symbols because something failed.
        told: places of symbols, by the paths under which servers told them for code files.
    """

    cache: FetchedSymbols
    sources: Sequence[SymbolSource]
    steps: Steps
    unfetched: list[Unfetched] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the search together."""
        self._find = FindSymbols(
            sources=self.sources,
            health=ProcessHealth(),
            memory=self.cache,
            clock=SystemClock(),
            breaker_rules=_GIVEN_UP_AFTER,
        )

    def walked(self, walk: Callable[[Mapping[str, str]], Walked]) -> Walked:
        """Walk, with what was told so far, until no walk is without symbols that can be had."""
        asked: set[LoadedModule] = set()
        walked = walk(self.told)
        for _ in range(MOST_WALKS - 1):
            wanted = [one for one in needs.missing(walked.stats) if one not in asked]
            if not walked.whole or not wanted:
                break
            asked.update(wanted)
            if not self._fetched(wanted):
                break
            walked = walk(self.told)
        return walked

    def _fetched(self, modules: Sequence[LoadedModule]) -> int:
        """Fetch and pack; give for how many modules there is a pack now."""
        names = "1 module" if len(modules) == 1 else f"{len(modules)} modules"
        with self.steps.step(f"asking for the symbols of {names}"):
            packed = sum(side_by_side(self._fetched_one, modules, _AT_ONCE))
        self.steps.note(f"{packed} of {len(modules)} fetched and packed")
        return packed

    def _fetched_one(self, module: LoadedModule) -> bool:
        try:
            if module.is_known_by_code_only:
                return self._placed_and_packed(module)
            return self._packed(module, SymbolPlace.of(module))
        except BadNameError:
            # No server can have symbols for it: the same as if all had said so.
            return False
        except (RetryLater, UsageError, OSError) as error:
            self.unfetched.append(Unfetched(module, str(error)))
            return False

    def _placed_and_packed(self, module: LoadedModule) -> bool:
        code = code_place(module)
        place = self.cache.place_of(code)
        if place is None:
            search = self._find.place(module)
            if search.place is None:
                self._note(module, search)
                return False
            place = search.place
            self.cache.keep_place(code, place)
        self.told[code.path] = place.path
        known = replace(module, debug_file=place.debug_file, debug_id=place.debug_id)
        return self.cache.has(place) or self._packed(known, place)

    def _packed(self, module: LoadedModule, place: SymbolPlace) -> bool:
        with self.cache.text(place) as text:
            search = self._find(module, text)
            if search.found is not None:
                packed = self.cache.pack(place, text, search.found)
                if not packed:
                    why = f"{search.source}: corrupt, the parser rejects the text"
                    self.unfetched.append(Unfetched(module, why))
                return packed
        self._note(module, search)
        return False

    def _note(self, module: LoadedModule, search: Search) -> None:
        self.unfetched += [
            Unfetched(module, f"{source}: {failed.reason}, {failed.detail}")
            for source, failed in search.failures.items()
        ]
