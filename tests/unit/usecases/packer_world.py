"""The packer's use cases put together over fakes."""

from collections.abc import Sequence

from moonwalk.adapters.sources.in_process import ProcessHealth, ProcessMemory
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_memory import MemoryRules
from moonwalk.ports import SymbolSource
from moonwalk.usecases.dispatch import Later
from moonwalk.usecases.find_symbols import FindSymbols
from moonwalk.usecases.leases import Leases
from moonwalk.usecases.meet_need import MeetNeed
from moonwalk.usecases.need_ends import SourcesFailed
from moonwalk.usecases.pack_from_sources import PackFromSources
from moonwalk.usecases.pack_symbols import PackSymbols
from moonwalk.usecases.symbol_arrival import SymbolArrival
from tests.builders import NOW
from tests.fakes import (
    FakeClock,
    FakeHeavyPacking,
    FakeMetrics,
    FakePacker,
    FakeSymbolDeadLetters,
    FakeSymbolStore,
)
from tests.fakes.misses import FakeArrivals
from tests.fakes.symbol_needs import FakeSymbolNeeds, FakeToldPlaces
from tests.unit.usecases.world import TemporaryScratch

MAX_TRIES = 3
LEASE = 900.0
AFTER = 60.0
SCOPE = "default"


class PackerWorld:
    """A packer whose scope has some sources, or none; and perhaps somebody with more room."""

    def __init__(
        self, sources: Sequence[SymbolSource] = (), heavy: FakeHeavyPacking | None = None
    ) -> None:
        self.store, self.packer, self.needs = FakeSymbolStore(), FakePacker(), FakeSymbolNeeds()
        self.memory, self.clock, self.metrics = ProcessMemory(), FakeClock(NOW), FakeMetrics()
        self.dead_letters, self.told = FakeSymbolDeadLetters(), FakeToldPlaces()
        self.leases = Leases(self.needs, self.clock, LEASE)
        search = FindSymbols(
            sources=sources,
            health=ProcessHealth(),
            memory=self.memory,
            clock=self.clock,
            memory_rules=MemoryRules(too_large=heavy is None),
        )
        self.arrivals = FakeArrivals()
        memories = {SCOPE: self.memory} if sources else {}
        arrived = SymbolArrival(memories, self.needs, self.arrivals, self.clock, AFTER)
        failed = SourcesFailed(
            needs=self.needs, leases=self.leases, metrics=self.metrics, max_tries=MAX_TRIES
        )
        from_sources = PackFromSources(
            arrived=arrived,
            store=self.store,
            packer=self.packer,
            scratch=TemporaryScratch(),
            clock=self.clock,
            metrics=self.metrics,
            leases=self.leases,
            failed=failed,
            heavy=heavy,
        )
        meet_need = MeetNeed(
            searches={SCOPE: search} if sources else {},
            needs=self.needs,
            told=self.told,
            arrived=arrived,
            store=self.store,
            metrics=self.metrics,
            leases=self.leases,
            pack=from_sources,
            failed=failed,
        )
        self._pack_symbols = PackSymbols(
            store=self.store,
            packer=self.packer,
            dead_letters=self.dead_letters,
            meet_need=meet_need,
            arrived=arrived,
            scratch=TemporaryScratch(),
            clock=self.clock,
            metrics=self.metrics,
            max_tries=MAX_TRIES,
            heavy=heavy,
        )

    def handle(self, body: str, message: Message) -> Later | None:
        """Handle a message of the symbol queue."""
        return self._pack_symbols(body, message)
