"""The ledger in memory, with a place to let others write in between."""

from collections.abc import Callable, Iterable

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.ledger import InFlight, LedgerEntry
from moonwalk.ports import Conflict


class FakeLedger:
    """A `Ledger` whose entries are an attribute.

    Attributes:
        before_write: called with the entry that is about to be written; may write itself (an
            interleaving), or raise.
        writes: how many writes succeeded.
    """

    def __init__(self) -> None:
        self.entries: dict[CrashId, LedgerEntry] = {}
        self.before_write: Callable[[LedgerEntry], None] = lambda _entry: None
        self.writes = 0

    def read(self, crash_id: CrashId) -> LedgerEntry | None:
        return self.entries.get(crash_id)

    def write(self, entry: LedgerEntry, *, replacing: LedgerEntry | None) -> None:
        self.before_write(entry)
        current = self.entries.get(entry.crash_id)
        if _version(current) != _version(replacing):
            raise Conflict(current)
        self.entries[entry.crash_id] = entry
        self.writes += 1

    def due(self, now: float, limit: int) -> Iterable[CrashId]:
        waiting = sorted(
            (entry.due_at, crash_id)
            for crash_id, entry in self.entries.items()
            if entry.due_at is not None and entry.due_at <= now
        )
        return [crash_id for _, crash_id in waiting[:limit]]

    def in_flight(self) -> InFlight:
        due = [entry.due_at for entry in self.entries.values() if entry.due_at is not None]
        return InFlight(len(due), min(due, default=None))


def _version(entry: LedgerEntry | None) -> tuple[int, int] | None:
    return (entry.fence.since, entry.revision) if entry else None
