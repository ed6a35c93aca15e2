"""What the use cases need of the world, as protocols; `moonwalk.adapters` has the real ones.

Every method may raise `RetryLater` when the world fails; what else it raises stands with it.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from moonwalk.domain.breaker import Breaker
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import Dump, DumpName
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.ledger import Fence, InFlight, LedgerEntry
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.request import Message, QueueClass
from moonwalk.domain.signature import Signature
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Failed, Source
from moonwalk.domain.symbol_sources import Answer as SourceAnswer
from moonwalk.domain.symbols import DEFAULT_SCOPE
from moonwalk.domain.task import Answer, Task
from moonwalk.metrics import Metric


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Give the time in seconds since the epoch."""


class CrashStore(Protocol):
    """The bucket with raw crashes, dumps and processed crashes."""

    def find_dumps(self, crash_id: CrashId) -> tuple[Dump, ...]:
        """List the dumps of a crash with their sizes, in stored order, downloading none.

        Raises:
            DeadLetter: when the raw crash, the list of dumps or a listed dump is missing, or the
                list cannot be used.
        """

    def raw_crash(self, crash_id: CrashId) -> Mapping[str, Any]:
        """Read the raw crash.

        Raises:
            DeadLetter: when it is missing, no JSON object, or too large.
        """

    def processed_crash(self, crash_id: CrashId) -> Mapping[str, Any] | None:
        """Read the processed crash that there is; None when there is none yet.

        Raises:
            DeadLetter: when it is no JSON object, or too large.
        """

    def fetch_dump(
        self, crash_id: CrashId, name: DumpName, to: Path, most: int | None = None
    ) -> None:
        """Stream a dump into a file, or its first so many bytes.

        Raises:
            DeadLetter: when it is missing.
        """

    def publish(self, crash_id: CrashId, processed: Mapping[str, Any], fence: Fence) -> bool:
        """Store the processed crash unless a newer run has stored one; say whether it is ours.

        True also when this very run has stored it before.
        """

    def keep_walker_output(self, crash_id: CrashId, name: DumpName, walk: WalkResult) -> None:
        """Store the stackwalker's own output and what it says of its cost, as far as there are any.

        Only where the deployment asks for it; else do nothing.
        """


class PublicCrashes(Protocol):
    """Where what is public of processed crashes goes."""

    def publish(self, crash_id: CrashId, public: Mapping[str, Any], fence: Fence) -> bool:
        """Store it unless a newer run has stored one; say whether it is ours."""


class Conflict(Exception):  # noqa: N818 - a normal answer of an optimistic write
    """Somebody else wrote the entry first.

    Attributes:
        current: the entry as it is now; None when there is none any more.
    """

    def __init__(self, current: LedgerEntry | None) -> None:
        """Take what the store holds."""
        super().__init__("the ledger's entry has changed")
        self.current = current


class Ledger(Protocol):
    """One entry per crash, changed by conditional writes."""

    def read(self, crash_id: CrashId) -> LedgerEntry | None:
        """Read the entry as the last write left it."""

    def write(self, entry: LedgerEntry, *, replacing: LedgerEntry | None) -> None:
        """Write an entry in place of the one seen before (None: there must be none).

        Raises:
            Conflict: when the entry there is another revision.
        """

    def due(self, now: float, limit: int) -> Iterable[CrashId]:
        """List crashes whose due time has passed, the longest waiting first in each shard."""

    def in_flight(self) -> InFlight:
        """Tell of the crashes that have a due time, give or take what changes meanwhile."""


class Workflows(Protocol):
    """The two workflows."""

    def run_light(self, task: Task) -> Answer:
        """Run the Express workflow and wait for its answer.

        Raises:
            RetryLater: `light_lane_failed`, when it ended without one.
        """

    def start_heavy(self, task: Task) -> None:
        """Start the Standard workflow; the same task starts once, however often it is asked."""


class Workers(Protocol):
    """The heavy lane's workers, as a number that somebody wants."""

    def wake(self) -> bool:
        """See to it that at least one worker is wanted; say whether none was."""


class DeadLetters(Protocol):
    """The dead-letter queues of the intake."""

    def send(self, *, body: str, message: Message, queue: QueueClass, failure: DeadLetter) -> None:
        """Lay a request aside for a person, with its reason."""


class Requests(Protocol):
    """The intake queues, as a place to ask for another run."""

    def put_back(self, entry: LedgerEntry) -> None:
        """Ask for the crash of a late entry again, naming the attempt that was seen."""

    def ask_again(self, entry: LedgerEntry) -> None:
        """Ask for the run that `entry.again` remembers."""


class Events(Protocol):
    """The event bus."""

    def crash_processed(self, task: Task, processed: Mapping[str, Any]) -> None:
        """Tell that a processed crash is in the store."""


class Walker(Protocol):
    """The stackwalker."""

    def walk(
        self,
        minidump: Path,
        raw_crash: Path,
        *,
        scope: str = DEFAULT_SCOPE,
        anew: bool = False,
        told: Mapping[str, str] | None = None,
    ) -> WalkResult:
        """Walk a minidump in a confined child process; however it ends is a result.

        Args:
            minidump: the file.
            raw_crash: the file of the crash's annotations.
            scope: whose symbols it sees.
            anew: whether symbols that were not there before may have come.
            told: places of symbols that servers told for code files, by the paths that they were
                asked for.

        Raises:
            RetryLater: `walker_broken`, when the stackwalker cannot be started at all.
        """


class Signatures(Protocol):
    """Makes signatures."""

    def sign(self, processed: Mapping[str, Any]) -> Signature:
        """Make the signature of a processed crash that has its stackwalk results."""


class Versions(Protocol):
    """Knows the versions of builds that do not tell theirs in full, such as betas."""

    def of(self, product: str, channel: str, build_id: str) -> str | None:
        """Give the version of a build; None when it is not known or cannot be asked in time."""


class SymbolSource(Protocol):
    """One place that symbol files come from; it repeats what may pass, within its limits."""

    @property
    def source(self) -> Source:
        """How it is configured."""

    def place_of(self, module: LoadedModule) -> SymbolPlace | Absent | Failed:
        """Tell the place of the symbols of which only the code file and its id are known.

        Raises:
            BadNameError: when these cannot be used.
        """

    def fetch(self, place: SymbolPlace, module: LoadedModule, to: Path) -> SourceAnswer:
        """Stream the text of a place into a file, which is there afterwards only if it was found.

        Raises:
            RetryLater: `scratch_full`, when the file cannot be written.
        """


class SourceHealth(Protocol):
    """How the symbol sources are, shared by all who ask them."""

    def read(self, source: str) -> Breaker:
        """Read the state of a source; a source that nobody wrote about is well."""

    def write(self, source: str, state: Breaker, *, replacing: Breaker) -> bool:
        """Write a state in place of the one seen before, unless somebody else did; say whether."""


class SymbolMemory(Protocol):
    """What sources did not have or had in no useful form, see `moonwalk.domain.symbol_memory`."""

    def recall(self, place: SymbolPlace) -> Mapping[str, Remembered]:
        """Give what is remembered of a place, by source; its time may be up."""

    def remember(self, place: SymbolPlace, source: str, remembered: Remembered) -> None:
        """Remember an answer."""

    def forget(self, place: SymbolPlace) -> None:
        """Forget all answers about a place: its symbols have come."""


class Scratch(Protocol):
    """Where dumps lie while they are walked."""

    def folder(self) -> AbstractContextManager[Path]:
        """Give an empty folder of one's own that is gone afterwards."""


class Metrics(Protocol):
    """Where figures go. Only declared metrics exist, see `moonwalk.metrics`."""

    def add(self, metric: Metric, value: float = 1, **dimensions: str) -> None:
        """Record a value; the dimensions must be the ones declared."""
