"""Meets a need: fetches symbols from a source and packs them, once for the whole deployment.

Of the messages that ask for the same symbols one gets the lease; the others go, as that one stays
in the queue until it has come to an end. A pack is stored only where none is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from moonwalk.domain.backoff import Backoff
from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryLater
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import ASK_HOLDS, Failing, Need
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbol_sources import Failed, Reason
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics, Scratch
from moonwalk.symbol_ports import (
    HeavyPacking,
    NewPack,
    Packer,
    SymbolNeeds,
    SymbolStore,
    ToldPlaces,
)
from moonwalk.usecases.dispatch import Later
from moonwalk.usecases.find_symbols import FindSymbols, Search
from moonwalk.usecases.leases import Leases
from moonwalk.usecases.made_pack import checked, measure
from moonwalk.usecases.symbol_arrival import SymbolArrival

T = TypeVar("T")

BACKOFF = Backoff(first=10.0, longest=900.0)
"""Between tries of a source that is failing."""
GIVEN_UP_FOR = 900.0
"""Seconds for which nobody asks again after the last try."""


class Met(StrEnum):
    """What became of a need."""

    PACKED = "packed"
    THERE = "there"
    """Somebody else had packed it."""
    ABSENT = "absent"
    """No source has it."""
    UNUSABLE = "unusable"
    """A source answers with what cannot be used; that is remembered for a while."""
    FAILING = "failing"
    """A source is unwell: to be tried again."""
    GIVEN_UP = "given_up"
    """The same, and this was the last try; the next crash asks anew."""
    TAKEN = "taken"
    """Another message about it is worked on."""
    HANDED_ON = "handed_on"
    """It is too much here; a worker of the heavy lane has been told."""
    NO_SOURCES = "no_sources"
    """The scope has none."""


End = tuple[Met, Later | None]
"""What became of a need, and when its message is shown again, if it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetNeed:
    """Handles one need.

    Attributes:
        searches: over the sources of each scope that has any.
        arrived: told of symbols that have come, and of those that no source has.
        leases: of needs, by which one process at a time is at each.
        max_tries: how often a message may be received.
        heavy: takes what is too large here; None where nobody has more room. Searches then remember
            of no source that a file is too large.
    """

    searches: Mapping[str, FindSymbols]
    needs: SymbolNeeds
    told: ToldPlaces
    arrived: SymbolArrival
    store: SymbolStore
    packer: Packer
    scratch: Scratch
    clock: Clock
    metrics: Metrics
    leases: Leases
    max_tries: int
    heavy: HeavyPacking | None = None

    def __call__(self, need: Need, message: Message) -> Later | None:
        """Fetch and pack what is needed, unless that is done or somebody is at it.

        Returns:
            None when the message can go, else when to show it again.

        Raises:
            RetryLater: when the world fails; the lease is given back then.
        """
        met, later = self._met(need, message)
        self.metrics.add(Metric.SYMBOL_NEEDS, outcome=met)
        return later

    def _met(self, need: Need, message: Message) -> End:
        key = need.key
        search = self.searches.get(key.scope)
        if search is None:
            self.arrived.absent(key)
            return Met.NO_SOURCES, None
        if isinstance(key, CodeKey):
            return self._met_by_code(need, key, search, message)
        if self.store.pack(key):
            self.arrived(key)
            return Met.THERE, None
        if not self.leases.take(key, message.id):
            return Met.TAKEN, None
        return self._leased(key, lambda: self._looked(need, search, message))

    def _leased(self, key: SymbolKey, work: Callable[[], T]) -> T:
        """Do something under a lease, which is given back when the world fails."""
        try:
            return work()
        except RetryLater:
            self.leases.give_back(key)
            raise
        finally:
            self.leases.drop(key)

    def _met_by_code(self, need: Need, key: CodeKey, search: FindSymbols, message: Message) -> End:
        """Find out what is needed, and meet that; whoever waits for either is told how it ended."""
        place = self.told.place(key)
        if place is None:
            if not self.leases.take(key, message.id):
                return Met.TAKEN, None
            placed = self._leased(key, lambda: self._placed(key, search, message))
            if not isinstance(placed, SymbolPlace):
                return placed
            place = placed
        met, later = self._met(need.at(place), message)
        if met in {Met.PACKED, Met.THERE}:
            self.arrived(key)
        elif met is Met.ABSENT:
            self.arrived.absent(key)
        return met, later

    def _placed(self, key: CodeKey, search: FindSymbols, message: Message) -> SymbolPlace | End:
        """Ask where the symbols of a code file are, and keep what was told."""
        placed = search.place(key.module)
        if placed.place:
            self.told.keep(key, placed.place)
            self.needs.forget(key)
            return placed.place
        if placed.is_missing:
            self.arrived.absent(key)
            return Met.ABSENT, None
        return self._failed(key, placed.failures, message)

    def _looked(self, need: Need, search: FindSymbols, message: Message) -> End:
        """Look in the sources; one whose text cannot be packed is passed over the next time."""
        for _ in search.sources:
            with self.scratch.folder() as folder:
                started = self.clock.now()
                found = search(need.module, folder / "upload")
                self.metrics.add(Metric.SYMBOL_FETCH_TIME, self.clock.now() - started)
                if found.found is None:
                    break
                try:
                    return self._packed(need.key, found, folder), None
                except DeadLetter as failure:
                    if self.heavy and failure.code is DeadLetterCode.SYMBOLS_TOO_LARGE:
                        return self._handed_on(need, self.heavy)
                    failed = Failed(Reason.UNPACKABLE, f"it cannot be packed: {failure.code}")
                    search.reject(found, failed)
        if found.found is None and found.is_missing:
            self.arrived.absent(need.key)
            return Met.ABSENT, None
        if self.heavy and any(_is_too_large(each) for each in found.failures.values()):
            return self._handed_on(need, self.heavy)
        return self._failed(need.key, found.failures, message)

    def _packed(self, key: SymbolKey, found: Search, folder: Path) -> Met:
        made = checked(key, self.packer.pack(key, folder / "upload", folder))
        new = NewPack(
            made=made,
            uploader=f"source {found.source}",
            upload_etag="",
            replaced_sha256="",
            packed_at=int(self.clock.now()),
            origin=(found.found and found.found.origin) or "",
        )
        stored = self.store.put_pack(key, new, replacing=None)
        self.arrived(key)
        if not stored:
            return Met.THERE
        measure(self.metrics, made)
        return Met.PACKED

    def _handed_on(self, need: Need, heavy: HeavyPacking) -> End:
        """Let go of the lease first: a worker that sees it held leaves the need to its holder."""
        self.leases.give_back(need.key)
        heavy.need(need)
        return Met.HANDED_ON, None

    def _failed(self, key: SymbolKey, failures: Mapping[str, Failed], message: Message) -> End:
        passing = {name: each for name, each in failures.items() if each.reason.is_passing}
        for failed in failures.values():
            self.metrics.add(Metric.SYMBOL_SOURCE_FAILURES, reason=failed.reason)
        if not passing:
            # All answers are remembered, so that whoever asks is told by the memory.
            self.needs.forget(key)
            return Met.UNUSABLE, None
        name, failed = next(iter(passing.items()))
        failing = Failing(name, failed.reason, failed.detail)
        if message.tries >= self.max_tries:
            self.leases.give_back(key, failing, asked_for=GIVEN_UP_FOR)
            return Met.GIVEN_UP, None
        asked_for = max(each.retry_after or 0.0 for each in passing.values())
        pause = max(BACKOFF.after(message.tries), asked_for)
        self.leases.give_back(key, failing, asked_for=pause + ASK_HOLDS)
        return Met.FAILING, Later(pause, str(failing))


def _is_too_large(failed: Failed) -> bool:
    return failed.reason is Reason.TOO_LARGE
