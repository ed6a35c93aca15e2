"""Writes down which symbols a crash was without, so that news of them brings it back.

Written, then looked again: who packs these symbols stores the pack first and tells the news then.
Either that finds what was written here, or the second look here finds the pack.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from moonwalk.domain.backoff import Backoff
from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.misses import Miss, News
from moonwalk.domain.symbol_needs import Need, need_of
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.symbols import SymbolKey
from moonwalk.domain.task import Task
from moonwalk.domain.touched_modules import Lack, Lacking, Symbols, file_name
from moonwalk.metrics import Metric
from moonwalk.miss_ports import Arrivals, MissedModules, Misses
from moonwalk.ports import Clock, Metrics
from moonwalk.symbol_ports import SymbolStore
from moonwalk.usecases.symbol_needs import Walks

LONGEST = 86_400.0
"""Seconds until a crash that was without what is there is walked again, however often it was."""


@dataclass(frozen=True, slots=True)
class _Missed:
    """A module that was missed, and why; None when nobody has its symbols."""

    need: Need
    lack: Lack | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMisses:
    """Keeps account of the misses of one scope.

    Attributes:
        most: how many modules of one crash count.
        after: seconds after which a crash whose symbols came meanwhile may go.
        all_stacks: whether modules of all threads count, not of the crashing one only.
    """

    scope: str
    misses: Misses
    modules: MissedModules
    arrivals: Arrivals
    store: SymbolStore
    clock: Clock
    metrics: Metrics
    most: int
    after: float
    all_stacks: bool = False

    def __call__(self, task: Task, walks: Walks, lacking: Iterable[Lacking]) -> None:
        """Write down what a published run was without.

        Raises:
            RetryLater: when it cannot be written.
        """
        missed = self._missed(walks, lacking)
        if not missed:
            return
        with ThreadPoolExecutor(len(missed), thread_name_prefix="miss") as pool:
            list(pool.map(lambda each: self._record(task, each), missed))

    def _missed(self, walks: Walks, lacking: Iterable[Lacking]) -> list[_Missed]:
        """Give what counts: what the crash waits for comes first."""
        found: dict[SymbolKey, _Missed] = {}
        for each in lacking:
            if need := self._need(each.module):
                found.setdefault(need.key, _Missed(need, each.lack))
        for need in self._missing(walks):
            found.setdefault(need.key, _Missed(need, None))
        return list(found.values())[: self.most]

    def _missing(self, walks: Walks) -> Iterable[Need]:
        for module in (module for walk in walks.values() for module in walk.modules):
            if module.symbols is Symbols.MISSING and module.counts(all_stacks=self.all_stacks):
                need = self._need(module.module)
                # No upload says that it is of a code file of which nobody told more.
                if need and not isinstance(need.key, CodeKey):
                    yield need

    def _need(self, module: LoadedModule) -> Need | None:
        """Give the need without folders, which tell of people and which no source is told."""
        need = need_of(module, self.scope)
        return need and replace(need, code_file=file_name(need.code_file))

    def _record(self, task: Task, missed: _Missed) -> None:
        crash_id, need = task.request.crash_id, missed.need
        provisional = missed.lack is not None
        new = self.misses.record(Miss(need.key, crash_id, task.fence, provisional))
        # Who counts wants to know what to upload.
        if new and not isinstance(need.key, CodeKey):
            self.modules.count(need, crash_id)
        # A pack that cannot be read is there: only another one is of any use.
        if missed.lack is not Lack.UNREADABLE:
            if provisional:
                self.modules.note_awaited(need, crash_id)
            self._look_again(task, need.key)
        self.metrics.add(Metric.SYMBOLS_MISSED)

    def _look_again(self, task: Task, key: SymbolKey) -> None:
        """Tell ourselves the news; later each time, lest what is there is missed on and on."""
        if self._is_there(key):
            pause = Backoff(2 * self.after, LONGEST).after(task.fence.attempt)
            self.arrivals.tell(key, News.PACKED, self.clock.now() + pause)

    def _is_there(self, key: SymbolKey) -> bool:
        """Whether there is a pack, or may be: a store that fails is asked by a later run."""
        try:
            pack = self.store.pack(key)
        except RetryLater:
            return True
        return pack is not None and pack.is_of_use
