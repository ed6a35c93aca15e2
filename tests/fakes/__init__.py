"""In-memory ports for tests of the use cases; tests/contract holds them to the real ones' rules."""

from tests.fakes.knobs import FakeKnobs
from tests.fakes.ledger import FakeLedger
from tests.fakes.queues import FakeDeadLetters, FakeRequests, FakeVisibility, LaidAside
from tests.fakes.store import FakeCrashStore
from tests.fakes.symbols import FakeHeavyPacking, FakePacker, FakeSymbolDeadLetters, FakeSymbolStore
from tests.fakes.walking import FakeSignatures, FakeVersions, FakeWalker, walked
from tests.fakes.workers import FakeWorkers
from tests.fakes.workflows import FakeWorkflows
from tests.fakes.world import FakeClock, FakeEvents, FakeMetrics

__all__ = [
    "FakeClock",
    "FakeCrashStore",
    "FakeDeadLetters",
    "FakeEvents",
    "FakeHeavyPacking",
    "FakeKnobs",
    "FakeLedger",
    "FakeMetrics",
    "FakePacker",
    "FakeRequests",
    "FakeSignatures",
    "FakeSymbolDeadLetters",
    "FakeSymbolStore",
    "FakeVersions",
    "FakeVisibility",
    "FakeWalker",
    "FakeWorkers",
    "FakeWorkflows",
    "LaidAside",
    "walked",
]
