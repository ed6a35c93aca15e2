"""The asking side of needs: what walks were without is asked for, and waited for a little.

Not found is complete: symbols that no source has are no reason to wait, or to walk again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.failures import DeadLetter, RetryLater
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.symbol_needs import ASK_HOLDS, Need, NeedState
from moonwalk.domain.symbol_sources import Failed
from moonwalk.domain.symbols import SymbolKey, symbol_key
from moonwalk.domain.touched_modules import Lack, Lacking, Symbols
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics, SymbolMemory
from moonwalk.symbol_ports import SymbolNeeds, SymbolRequests, SymbolStore

Walks = Mapping[DumpName, WalkResult]

MOST = 100
"""Modules of one crash that are looked up; a dump can name as many as it likes."""
_ROUNDS = 3
"""Symbols may show frames of modules that nobody knew of; not without end."""
_FIRST_LOOK, _LONGEST_PAUSE = 0.5, 2.0


class _Stands(StrEnum):
    """How the symbols of a module stand."""

    HERE = "here"
    MISSING = "missing"
    PENDING = "pending"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class _Standing:
    stands: _Stands
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForSymbols:
    """Asks for the symbols of one scope.

    Attributes:
        sources: of the scope, by name.
        all_stacks: whether modules of all threads are asked for, not of the crashing one only.
        budget: seconds that a crash may wait.
        sleep: waits for so many seconds.
    """

    scope: str
    sources: frozenset[str]
    needs: SymbolNeeds
    memory: SymbolMemory
    requests: SymbolRequests
    store: SymbolStore
    clock: Clock
    metrics: Metrics
    sleep: Callable[[float], None]
    budget: float
    all_stacks: bool = False

    def __call__(
        self, walks: Walks, again: Callable[[Iterable[DumpName]], Walks]
    ) -> tuple[Walks, list[Lacking]]:
        """Ask for what walks were without, wait, and walk again where something came.

        Args:
            walks: the results so far.
            again: walks some minidumps again.

        Returns:
            The results, and what is lacking still but may come.

        Raises:
            RetryLater: when the world fails.
        """
        until = self.clock.now() + self.budget
        known: dict[SymbolKey, _Standing] = {}
        for _ in range(_ROUNDS):
            wanted = self._wanted(walks)
            self._ask(wanted, known)
            self._wait(wanted, known, until)
            come = {key for key in wanted if known[key].stands is _Stands.HERE}
            names = [name for name, walk in walks.items() if come & self._of(walk).keys()]
            if not names:
                break
            walks = {**walks, **again(names)}
            # What is still missing although it is there may be so in the next run only.
            known |= dict.fromkeys(come, _Standing(_Stands.PENDING, "it has just come"))
        wanted = self._wanted(walks)
        self._ask(wanted, known)
        return walks, list(_lacking(wanted, known))

    def _wanted(self, walks: Walks) -> dict[SymbolKey, Need]:
        found: dict[SymbolKey, Need] = {}
        for walk in walks.values():
            found |= self._of(walk)
        return dict(list(found.items())[:MOST])

    def _of(self, walk: WalkResult) -> dict[SymbolKey, Need]:
        counting = (one for one in walk.modules if one.counts(all_stacks=self.all_stacks))
        missing = (one.module for one in counting if one.symbols is Symbols.MISSING)
        found: dict[SymbolKey, Need] = {}
        for module in missing:
            try:
                key = symbol_key(module.debug_file or module.code_file, module.debug_id, self.scope)
            except DeadLetter:
                continue
            found[key] = Need(key, module.code_file, module.code_id)
        return found

    def _ask(self, wanted: Mapping[SymbolKey, Need], known: dict[SymbolKey, _Standing]) -> None:
        for key, need in wanted.items():
            if key not in known:
                known[key] = self._stands(key) or self._asked(need)

    def _wait(
        self, wanted: Mapping[SymbolKey, Need], known: dict[SymbolKey, _Standing], until: float
    ) -> None:
        """Look again and again at what is pending, until nothing is, or the budget is spent."""
        started, pause = self.clock.now(), _FIRST_LOOK
        while pending := [key for key in wanted if known[key].stands is _Stands.PENDING]:
            left = until - self.clock.now()
            if left <= 0:
                break
            self.sleep(min(pause, left))
            pause = min(_LONGEST_PAUSE, pause * 1.5)
            for key in pending:
                known[key] = self._looked(key)
        if self.clock.now() > started:
            self.metrics.add(Metric.SYMBOLS_AWAITED, self.clock.now() - started)

    def _looked(self, key: SymbolKey) -> _Standing:
        return self._packed(key) or self._stands(key) or _Standing(_Stands.PENDING)

    def _packed(self, key: SymbolKey) -> _Standing | None:
        pack = self.store.pack(key)
        if pack is None:
            return None
        # As upstream has it, a text from a server that its parser rejects is no symbols.
        rejected = pack.facts.corrupt and pack.origin
        return _Standing(_Stands.MISSING if rejected else _Stands.HERE)

    def _stands(self, key: SymbolKey) -> _Standing | None:
        """Tell how it stands; None when nobody has asked."""
        now = self.clock.now()
        remembered = self.memory.recall(key.file)
        held = {name: each for name, each in remembered.items() if each.holds(now)}
        if self.sources <= held.keys():
            answers = [(name, held[name].answer) for name in sorted(self.sources)]
            for name, answer in answers:
                if isinstance(answer, Failed):
                    return _Standing(_Stands.FAILING, f"{name}: {answer.reason}")
            return _Standing(_Stands.MISSING)
        state = self.needs.read(key)
        if state is None or not state.is_asked(now):
            return None
        if state.failing:
            return _Standing(_Stands.FAILING, f"{state.failing.source}: {state.failing.reason}")
        return _Standing(_Stands.PENDING)

    def _asked(self, need: Need) -> _Standing:
        """Ask, if nobody else is faster and it has not come meanwhile."""
        if here := self._packed(need.key):
            return here
        before = self.needs.read(need.key)
        asked = NeedState(self.clock.now() + ASK_HOLDS)
        if self.needs.write(need.key, asked, replacing=before):
            try:
                self.requests.need(need)
            except RetryLater:
                self.needs.write(need.key, None, replacing=asked)
                raise
            self.metrics.add(Metric.SYMBOLS_ASKED)
        return _Standing(_Stands.PENDING)


def _lacking(
    wanted: Mapping[SymbolKey, Need], known: Mapping[SymbolKey, _Standing]
) -> Iterable[Lacking]:
    for key, need in wanted.items():
        standing = known[key]
        if standing.stands is _Stands.FAILING:
            yield Lacking(need.module, Lack.FAILING, standing.detail)
        elif standing.stands is not _Stands.MISSING:
            yield Lacking(need.module, Lack.PENDING, standing.detail)
