"""The crash bucket in memory."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import Dump, DumpName
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.ledger import Fence
from moonwalk.domain.outcome import WalkResult


class FakeCrashStore:
    """A `CrashStore` whose objects are attributes.

    Attributes:
        before: called with the name of a method before it does anything; may raise.
        published: processed crashes with the run that wrote them; None for nobody's.
    """

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _method: None
        self.raw_crashes: dict[CrashId, Mapping[str, Any]] = {}
        self.dump_names: dict[CrashId, list[str | None]] = {}
        self.dumps: dict[tuple[CrashId, DumpName], bytes] = {}
        self.published: dict[CrashId, tuple[Fence | None, Mapping[str, Any]]] = {}
        self.walker_outputs: dict[tuple[CrashId, DumpName], bytes] = {}
        self.walker_accounts: dict[tuple[CrashId, DumpName], bytes] = {}

    def put_raw_crash(self, crash_id: CrashId, raw_crash: Mapping[str, Any]) -> None:
        self.raw_crashes[crash_id] = raw_crash

    def put_dump_names(self, crash_id: CrashId, names: list[str | None]) -> None:
        self.dump_names[crash_id] = names

    def put_dump(self, crash_id: CrashId, name: DumpName, content: bytes) -> None:
        self.dumps[crash_id, name] = content

    def put_crash(self, crash_id: CrashId, **dumps: bytes) -> None:
        """Store all of a crash, in the order in which a collector does."""
        for name, content in dumps.items():
            self.put_dump(crash_id, DumpName(name), content)
        self.put_dump_names(crash_id, list(dumps))
        self.put_raw_crash(crash_id, {"uuid": crash_id.text, "version": 2})

    def put_processed(
        self, crash_id: CrashId, processed: Mapping[str, Any], fence: Fence | None
    ) -> None:
        self.published[crash_id] = fence, processed

    def processed(self, crash_id: CrashId) -> Mapping[str, Any] | None:
        return self.published[crash_id][1] if crash_id in self.published else None

    def walker_output(self, crash_id: CrashId, name: DumpName) -> bytes | None:
        return self.walker_outputs.get((crash_id, name))

    def walker_stats(self, crash_id: CrashId, name: DumpName) -> bytes | None:
        return self.walker_accounts.get((crash_id, name))

    def find_dumps(self, crash_id: CrashId) -> tuple[Dump, ...]:
        self.before("find_dumps")
        if crash_id not in self.raw_crashes:
            raise DeadLetter(DeadLetterCode.RAW_CRASH_MISSING, f"no raw crash of {crash_id}")
        if crash_id not in self.dump_names:
            raise DeadLetter(DeadLetterCode.DUMP_NAMES_MISSING, f"no dump names of {crash_id}")
        names = dict.fromkeys(map(DumpName.from_stored, self.dump_names[crash_id]))
        return tuple(Dump(name, len(self._dump(crash_id, name))) for name in names)

    def raw_crash(self, crash_id: CrashId) -> Mapping[str, Any]:
        self.before("raw_crash")
        if crash_id not in self.raw_crashes:
            raise DeadLetter(DeadLetterCode.RAW_CRASH_MISSING, f"no raw crash of {crash_id}")
        return self.raw_crashes[crash_id]

    def processed_crash(self, crash_id: CrashId) -> Mapping[str, Any] | None:
        self.before("processed_crash")
        found = self.processed(crash_id)
        if not isinstance(found, Mapping | None):
            raise DeadLetter(DeadLetterCode.PROCESSED_CRASH_UNREADABLE, "it is no JSON object")
        return found

    def fetch_dump(
        self, crash_id: CrashId, name: DumpName, to: Path, most: int | None = None
    ) -> None:
        self.before("fetch_dump")
        to.write_bytes(self._dump(crash_id, name)[:most])

    def publish(self, crash_id: CrashId, processed: Mapping[str, Any], fence: Fence) -> bool:
        self.before("publish")
        theirs = self.published[crash_id][0] if crash_id in self.published else None
        if theirs is None or theirs < fence:
            self.published[crash_id] = fence, processed
            return True
        return theirs == fence

    def keep_walker_output(self, crash_id: CrashId, name: DumpName, walk: WalkResult) -> None:
        self.before("keep_walker_output")
        if walk.output:
            self.walker_outputs[crash_id, name] = walk.output
        if walk.stats:
            self.walker_accounts[crash_id, name] = walk.stats

    def _dump(self, crash_id: CrashId, name: DumpName) -> bytes:
        if (crash_id, name) not in self.dumps:
            raise DeadLetter(DeadLetterCode.DUMP_MISSING, f"no dump {name} of {crash_id}")
        return self.dumps[crash_id, name]
