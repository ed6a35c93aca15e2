"""Fetches needed symbols from the sources of a scope and packs them, where none has done so."""

from dataclasses import dataclass
from pathlib import Path

from moonwalk.domain.failures import DeadLetter, MoonwalkError
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbol_sources import Failed, Reason
from moonwalk.domain.symbols import SymbolKey
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics, Scratch
from moonwalk.symbol_ports import HeavyPacking, NewPack, Packer, SymbolStore
from moonwalk.usecases.find_symbols import FindSymbols, Search
from moonwalk.usecases.leases import Leases
from moonwalk.usecases.made_pack import checked, is_too_much_here, measure
from moonwalk.usecases.need_ends import End, Met, SourcesFailed
from moonwalk.usecases.symbol_arrival import SymbolArrival


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFromSources:
    """Handles a need under its lease.

    Attributes:
        arrived: told of symbols that have come, and of those that no source has.
        heavy: takes what is too large here; None where nobody has more room. Searches then remember
            of no source that a file is too large.
    """

    arrived: SymbolArrival
    store: SymbolStore
    packer: Packer
    scratch: Scratch
    clock: Clock
    metrics: Metrics
    leases: Leases
    failed: SourcesFailed
    heavy: HeavyPacking | None = None

    def __call__(self, need: Need, search: FindSymbols, message: Message) -> End:
        """Look in the sources; one whose text cannot be packed is passed over the next time.

        Raises:
            RetryLater: when the world fails.
        """
        for _ in search.sources:
            with self.scratch.folder() as folder:
                found = self._fetched(need, search, folder)
                if found.found is None:
                    break
                try:
                    return self._packed(need.key, found, folder), None
                except MoonwalkError as failure:
                    if self.heavy and is_too_much_here(failure):
                        return self._handed_on(need, self.heavy)
                    if not isinstance(failure, DeadLetter):
                        raise
                    search.reject(found, _unpackable(failure))
        return self._not_found(need, found, message)

    def _fetched(self, need: Need, search: FindSymbols, folder: Path) -> Search:
        started = self.clock.now()
        found = search(need.module, folder / "upload")
        self.metrics.add(Metric.SYMBOL_FETCH_TIME, self.clock.now() - started)
        return found

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

    def _not_found(self, need: Need, found: Search, message: Message) -> End:
        if found.found is None and found.is_missing:
            self.arrived.absent(need.key)
            return Met.ABSENT, None
        too_large = any(each.reason is Reason.TOO_LARGE for each in found.failures.values())
        if self.heavy and too_large:
            return self._handed_on(need, self.heavy)
        return self.failed(need.key, found.failures, message)

    def _handed_on(self, need: Need, heavy: HeavyPacking) -> End:
        """Let go of the lease first: a worker that sees it held leaves the need to its holder."""
        self.leases.give_back(need.key)
        heavy.need(need)
        return Met.HANDED_ON, None


def _unpackable(failure: DeadLetter) -> Failed:
    return Failed(Reason.UNPACKABLE, f"it cannot be packed: {failure.code}")
