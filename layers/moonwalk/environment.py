"""What a deployment tells an entry point by environment variables, checked while it starts.

One frozen object per entry point. A wrong deployment fails at its first start, with one message
that names every variable that is missing or wrong.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from moonwalk.contracts import environment as names
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.request import Origin, QueueClass
from moonwalk.domain.slots import Slots
from moonwalk.domain.symbol_scopes import SymbolScopes
from moonwalk.knob_environment import KnobSettings, read_knobs
from moonwalk.miss_environment import Account, read_account
from moonwalk.rule_environment import RuleSettings, read_rule_settings
from moonwalk.variables import BadEnvironmentError, Queues, VariableReader
from moonwalk.worker_place import WorkerPlace, read_worker_place

__all__ = [
    "BadEnvironmentError",
    "Common",
    "Dispatcher",
    "Processing",
    "Reconciler",
    "Worker",
    "read_dispatcher",
    "read_reconciler",
    "read_walker",
    "read_worker",
]

_CAPS = {
    QueueClass.PRIORITY: names.WORKER_SLOTS,
    QueueClass.STANDARD: names.WORKER_STANDARD_SLOTS,
    QueueClass.REPROCESSING: names.WORKER_REPROCESSING_SLOTS,
}


def _intake(text: str) -> frozenset[Origin]:
    kinds = {part.strip() for part in text.split(",")}
    allowed = {Origin.TEXT.value, Origin.S3_EVENT.value}
    if not kinds <= allowed:
        raise ValueError("must be text, s3_event, or both with a comma between")
    return frozenset(map(Origin, kinds))


@dataclass(frozen=True, slots=True)
class Common:
    """What every entry point needs to end a run.

    Attributes:
        ledger_days: how long a ledger entry is kept after its last write.
        queues: the intake queues that it may send to.
        dead_letter_queues: those of the intake queues.
    """

    ledger_table: str
    ledger_days: int
    queues: Queues
    dead_letter_queues: Queues


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """The dispatcher's environment. Times are in seconds, sizes in bytes."""

    common: Common
    crash_bucket: str
    light_workflow: str
    heavy_workflow: str
    workflow_seconds: float
    workers: WorkerPlace
    intake: frozenset[Origin]
    knobs: KnobSettings
    due_after_seconds: float
    heavy_due_after_seconds: float
    max_tries: int


@dataclass(frozen=True, slots=True)
class Reconciler:
    """The reconciler's environment."""

    common: Common
    max_put_backs: int
    max_wait_seconds: float
    put_back_patience_seconds: float


@dataclass(frozen=True, slots=True)
class Brokering:
    """What the symbol broker keeps, in bytes, and how long it believes what it knows."""

    disk_bytes: int
    memory_bytes: int
    fresh_seconds: int
    absent_seconds: int


@dataclass(frozen=True, slots=True)
class Asking:
    """How symbols are asked for that a walk was without.

    Attributes:
        sources: where they may come from; without any nothing is asked.
        queue_url: of the symbol queue.
        all_stacks: whether modules of all threads count, not of the crashing one only.
        wait_seconds: what a crash waits for them.
    """

    sources: SymbolSources
    queue_url: str
    all_stacks: bool
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class Processing:
    """What processing a crash takes, in either lane. Times are in seconds, sizes in bytes.

    Attributes:
        rules: by which rules.
        stored_encoding: `gzip` or `identity`.
        symbol_bucket: has packs.
        symbol_scopes: whose packs a crash sees.
        pack_folders: of packed symbols, looked at before the bucket; may be none.
        brokering: what the symbol broker keeps.
        asking: how symbols are asked for.
        account: where it is written down which were missed.
        misses_per_crash: how many modules of a crash that may be.
        symbol_folders: of symbol text, for what no pack has; may be none.
    """

    common: Common
    crash_bucket: str
    event_bus: str
    rules: RuleSettings
    stored_encoding: str
    keep_walker_output: bool
    symbol_bucket: str
    symbol_scopes: SymbolScopes
    pack_folders: tuple[Path, ...]
    brokering: Brokering
    asking: Asking
    account: Account
    misses_per_crash: int
    symbol_folders: tuple[Path, ...]
    knobs: KnobSettings
    walk_memory_bytes: int
    walk_output_bytes: int
    walks_at_once: int
    second_dollars: float


@dataclass(frozen=True, slots=True)
class Worker:
    """The heavy lane's worker's environment.

    Attributes:
        heavy_queues: where its tasks come from.
        slots: how many crashes it works on at the same time, by class.
        slot_memory_bytes: has to be free before it takes one more.
        slot_scratch_bytes: likewise.
        visibility_seconds: of the heavy queues; it extends a message's before that is over.
        stall_seconds: with crashes in hand and no walk that ends for so long, it is unhealthy.
        probe_seconds: that measuring its disk may take when it starts; 0 for no measuring.
        drain_seconds: until it gives back what it has in hand.
        ecs_agent_uri: of ECS's agent; empty when this is not ECS.
    """

    processing: Processing
    heavy_queues: Queues
    slots: Slots
    slot_memory_bytes: int
    slot_scratch_bytes: int
    visibility_seconds: float
    stall_seconds: float
    probe_seconds: int
    drain_seconds: float
    ecs_agent_uri: str


def read_dispatcher(variables: Mapping[str, str] = os.environ) -> Dispatcher:
    """Read the dispatcher's environment.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = Dispatcher(
        common=_common(reader),
        crash_bucket=reader.text(names.CRASH_BUCKET),
        light_workflow=reader.text(names.LIGHT_WORKFLOW),
        heavy_workflow=reader.text(names.HEAVY_WORKFLOW),
        workflow_seconds=reader.seconds(names.WORKFLOW_SECONDS),
        workers=read_worker_place(reader),
        intake=reader.read(names.INTAKE, _intake, frozenset()),
        knobs=read_knobs(reader),
        due_after_seconds=reader.seconds(names.DUE_AFTER_SECONDS),
        heavy_due_after_seconds=reader.seconds(names.HEAVY_DUE_AFTER_SECONDS),
        max_tries=reader.whole(names.MAX_TRIES),
    )
    reader.check()
    return found


def read_reconciler(variables: Mapping[str, str] = os.environ) -> Reconciler:
    """Read the reconciler's environment.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = Reconciler(
        common=_common(reader),
        max_put_backs=reader.whole(names.MAX_PUT_BACKS),
        max_wait_seconds=reader.seconds(names.MAX_WAIT_SECONDS),
        put_back_patience_seconds=reader.seconds(names.PUT_BACK_PATIENCE_SECONDS),
    )
    reader.check()
    return found


def read_walker(variables: Mapping[str, str] = os.environ) -> Processing:
    """Read the walker function's environment.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = _processing(reader)
    reader.check()
    return found


def read_worker(variables: Mapping[str, str] = os.environ) -> Worker:
    """Read the heavy lane's worker's environment.

    Raises:
        BadEnvironmentError: when it is not complete and right.
    """
    reader = VariableReader(variables)
    found = Worker(
        processing=_processing(reader),
        heavy_queues=reader.queues(names.heavy_queue_url),
        slots=Slots({queue: reader.whole(name) for queue, name in _CAPS.items()}),
        slot_memory_bytes=reader.whole(names.SLOT_MEMORY_BYTES),
        slot_scratch_bytes=reader.whole(names.SLOT_SCRATCH_BYTES),
        visibility_seconds=reader.seconds(names.VISIBILITY_SECONDS),
        stall_seconds=reader.seconds(names.STALL_SECONDS),
        probe_seconds=reader.whole(names.PROBE_SECONDS, least=0),
        drain_seconds=reader.seconds(names.DRAIN_SECONDS),
        ecs_agent_uri=reader.text_if_any(names.ECS_AGENT_URI),
    )
    reader.check()
    return found


def _common(reader: VariableReader, sends_to: Iterable[QueueClass] = QueueClass) -> Common:
    return Common(
        ledger_table=reader.text(names.LEDGER_TABLE),
        ledger_days=reader.whole(names.LEDGER_DAYS),
        queues=reader.queues(names.queue_url, sends_to),
        dead_letter_queues=reader.queues(names.dead_letter_queue_url),
    )


def _processing(reader: VariableReader) -> Processing:
    return Processing(
        common=_common(reader, [QueueClass.REPROCESSING]),
        crash_bucket=reader.text(names.CRASH_BUCKET),
        event_bus=reader.text(names.EVENT_BUS),
        rules=read_rule_settings(reader),
        stored_encoding=reader.one_of(names.STORED_ENCODING, ("gzip", "identity")),
        keep_walker_output=reader.one_of(names.KEEP_WALKER_OUTPUT, ("true", "false")) == "true",
        symbol_bucket=reader.text(names.SYMBOL_BUCKET),
        symbol_scopes=reader.symbol_scopes(names.SYMBOL_SCOPES),
        pack_folders=reader.folders(names.PACK_FOLDERS),
        brokering=Brokering(
            disk_bytes=reader.whole(names.PACK_DISK_BYTES),
            memory_bytes=reader.whole(names.PACK_CACHE_BYTES),
            fresh_seconds=reader.whole(names.PACK_FRESH_SECONDS),
            absent_seconds=reader.whole(names.PACK_ABSENT_SECONDS),
        ),
        asking=Asking(
            sources=reader.symbol_sources(names.SYMBOL_SOURCES),
            queue_url=reader.text(names.SYMBOL_QUEUE_URL),
            all_stacks=reader.one_of(names.SYMBOL_STACKS, ("crashing", "all")) == "all",
            wait_seconds=reader.seconds(names.SYMBOL_WAIT_SECONDS),
        ),
        account=read_account(reader),
        misses_per_crash=reader.whole(names.MISSES_PER_CRASH),
        symbol_folders=reader.folders(names.SYMBOL_FOLDERS),
        knobs=read_knobs(reader),
        walk_memory_bytes=reader.whole(names.WALK_MEMORY_BYTES),
        walk_output_bytes=reader.whole(names.WALK_OUTPUT_BYTES),
        walks_at_once=reader.whole(names.WALKS_AT_ONCE),
        second_dollars=reader.dollars(names.SECOND_DOLLARS),
    )
