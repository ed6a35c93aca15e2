"""The asking side of needs: what walks were without is asked for, and waited for a little.

Not found is complete: symbols that no source has are no reason to wait, or to walk again.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.symbol_needs import Need, need_of
from moonwalk.domain.symbols import SymbolKey
from moonwalk.domain.touched_modules import Lack, Lacking, Symbols, TouchedModule
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics
from moonwalk.usecases.symbol_standing import AskOnce, Standing, Stands

Walks = Mapping[DumpName, WalkResult]

MOST = 100
"""Modules of one crash that are looked up; a dump can name as many as it likes."""
_ROUNDS = 3
"""Symbols may show frames of modules that nobody knew of; not without end."""
_FIRST_LOOK, _LONGEST_PAUSE = 0.5, 2.0
_SAVE_SECONDS = 20.0
"""What rules and saving take at the very most, after the last walk."""

_TOO_LATE = Standing(Stands.PENDING, "it has come, and no time was left to walk again")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForSymbols:
    """Asks for the symbols of one scope.

    Attributes:
        ask: asks, once for however many crashes.
        all_stacks: whether modules of all threads are asked for, not of the crashing one only.
        budget: seconds that a crash may wait.
        kill_seconds: after which a walk is killed.
        walks_at_once: how many minidumps of a crash are walked side by side.
        sleep: waits for so many seconds.
    """

    ask: AskOnce
    clock: Clock
    metrics: Metrics
    sleep: Callable[[float], None]
    budget: float
    kill_seconds: float
    walks_at_once: int
    all_stacks: bool = False

    def __call__(
        self,
        walks: Walks,
        again: Callable[[Iterable[DumpName], Mapping[str, str]], Walks],
        *,
        deadline: float = math.inf,
    ) -> tuple[Walks, list[Lacking]]:
        """Ask for what walks were without, wait, and walk again where something came.

        Args:
            walks: the results so far.
            again: walks some minidumps again, with the places that were told for code files, by the
                paths that servers were asked for.
            deadline: when this process may be killed; no walk begins that could last so long.

        Returns:
            The results, and what is lacking still but may come.

        Raises:
            RetryLater: when the world fails.
        """
        latest = deadline - self._longest(walks)
        until = min(latest, self.clock.now() + self.budget)
        known: dict[SymbolKey, Standing] = {}
        told: dict[str, str] = {}
        for _ in range(_ROUNDS):
            wanted = self._wanted(walks)
            self._ask(wanted, known)
            self._wait(wanted, known, until)
            walks = self._named(walks, wanted, known, told)
            come = {key for key, standing in known.items() if standing.stands is Stands.HERE}
            names = [name for name, walk in walks.items() if come & self._of(walk).keys()]
            if not names:
                break
            if self.clock.now() > latest:
                known |= dict.fromkeys(come, _TOO_LATE)
                break
            walks = {**walks, **again(names, told)}
            # What is still missing although it is there may be so in the next run only.
            known |= dict.fromkeys(come, Standing(Stands.PENDING, "it has just come"))
        wanted = self._wanted(walks)
        self._ask(wanted, known)
        walks = self._named(walks, wanted, known, told)
        wanted = self._wanted(walks)
        self._ask(wanted, known)
        return walks, list(_lacking(wanted, known))

    def _longest(self, walks: Walks) -> float:
        """Give what it takes to walk all once more and to save, if all goes slowly."""
        rounds = math.ceil(len(walks) / self.walks_at_once)
        return rounds * self.kill_seconds + _SAVE_SECONDS

    def _wanted(self, walks: Walks) -> dict[SymbolKey, Need]:
        found: dict[SymbolKey, Need] = {}
        for walk in walks.values():
            found |= self._of(walk)
        return dict(list(found.items())[:MOST])

    def _of(self, walk: WalkResult) -> dict[SymbolKey, Need]:
        counting = (one for one in walk.modules if one.counts(all_stacks=self.all_stacks))
        missing = (one.module for one in counting if one.symbols is Symbols.MISSING)
        needs = [need_of(module, self.ask.scope) for module in missing]
        return {need.key: need for need in needs if need}

    def _named(
        self,
        walks: Walks,
        wanted: Iterable[SymbolKey],
        known: dict[SymbolKey, Standing],
        told: dict[str, str],
    ) -> Walks:
        """Give debug file and id to modules of which they were told, and note what was told."""
        places = {
            key: place
            for key in wanted
            if isinstance(key, CodeKey) and (place := self.ask.place_of(key))
        }
        for key, place in places.items():
            told[key.asked] = place.path
            known.setdefault(SymbolKey.at(key.scope, place), known.pop(key))

        def named(one: TouchedModule) -> TouchedModule:
            need = need_of(one.module, self.ask.scope)
            if need is None or not isinstance(need.key, CodeKey) or need.key not in places:
                return one
            place = places[need.key]
            module = replace(one.module, debug_file=place.debug_file, debug_id=place.debug_id)
            return replace(one, module=module)

        if not places:
            return walks
        return {
            name: replace(walk, modules=tuple(map(named, walk.modules)))
            for name, walk in walks.items()
        }

    def _ask(self, wanted: Mapping[SymbolKey, Need], known: dict[SymbolKey, Standing]) -> None:
        for key, need in wanted.items():
            if key not in known:
                known[key] = self.ask(need)

    def _wait(
        self, wanted: Mapping[SymbolKey, Need], known: dict[SymbolKey, Standing], until: float
    ) -> None:
        """Look again and again at what is pending, until nothing is, or the budget is spent."""
        started, pause = self.clock.now(), _FIRST_LOOK
        while pending := [key for key in wanted if known[key].stands is Stands.PENDING]:
            left = until - self.clock.now()
            if left <= 0:
                break
            self.sleep(min(pause, left))
            pause = min(_LONGEST_PAUSE, pause * 1.5)
            for key in pending:
                known[key] = self.ask.look(key)
        if self.clock.now() > started:
            self.metrics.add(Metric.SYMBOLS_AWAITED, self.clock.now() - started)


def _lacking(
    wanted: Mapping[SymbolKey, Need], known: Mapping[SymbolKey, Standing]
) -> Iterable[Lacking]:
    for key, need in wanted.items():
        standing = known[key]
        if standing.stands is Stands.FAILING:
            yield Lacking(need.module, Lack.FAILING, standing.detail)
        elif standing.stands is not Stands.MISSING:
            yield Lacking(need.module, Lack.PENDING, standing.detail)
