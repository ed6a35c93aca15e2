"""What functions and workers are told by their environment: settings, in the units of the code."""

from collections.abc import Mapping

from aws_cdk import CfnParameter
from constructs import Construct

from infra.constructs.stored import Stored
from infra.constructs.worker_names import cluster_name, service_name
from infra.settings import Packing, Settings
from moonwalk.contracts import environment as names
from moonwalk.contracts import outputs
from moonwalk.contracts.symbol_scopes import scopes_text

MIB = 1024 * 1024
LAST_SECONDS = 15
"""What a round that begins nothing new may still take."""


def symbol_sources(scope: Construct) -> dict[str, str]:
    """Let a deployment choose where walkers look for symbols without a new synthesis."""
    described = {
        (outputs.PACK_FOLDERS, names.PACK_FOLDERS): "packed symbols",
        (outputs.SYMBOL_FOLDERS, names.SYMBOL_FOLDERS): "Breakpad symbols",
    }
    return {
        variable: CfnParameter(
            scope,
            parameter,
            default="",
            description=f"Folders of {what} where walkers run, with ':' between them.",
        ).value_as_string
        for (parameter, variable), what in described.items()
    }


def walking(
    settings: Settings,
    stored: Stored,
    *,
    symbols: Mapping[str, str],
    memory_mib: int,
    disk_mib: int,
    second_dollars: float,
) -> dict[str, str]:
    """Tell a part that walks crashes, whichever lane it is in."""
    return {
        names.CRASH_BUCKET: stored.bucket.bucket_name,
        names.LEDGER_TABLE: stored.ledger.table_name,
        names.EVENT_BUS: stored.bus.event_bus_name,
        names.PROFILE: settings.profile,
        names.SIGNATURE_LISTS: settings.signature_lists,
        names.VERSIONS: settings.versions,
        names.PUBLIC_BUCKET: stored.public.bucket_name if stored.public else "",
        names.STORED_ENCODING: settings.stored_encoding,
        names.KEEP_WALKER_OUTPUT: str(settings.keep_walker_output).lower(),
        **symbols,
        names.SYMBOL_BUCKET: stored.symbols.bucket_name,
        names.PACK_DISK_BYTES: str(disk_mib * MIB),
        names.PACK_CACHE_BYTES: str(settings.packs_memory_mib * MIB),
        names.PACK_FRESH_SECONDS: str(settings.pack_fresh_seconds),
        names.PACK_ABSENT_SECONDS: str(settings.pack_absent_seconds),
        names.SYMBOL_SOURCES: settings.symbol_sources.text(),
        names.SYMBOL_SCOPES: scopes_text(settings.symbol_scopes),
        names.SYMBOL_STACKS: settings.symbol_stacks,
        names.SYMBOL_WAIT_SECONDS: str(settings.symbol_wait_seconds),
        **_account(settings, stored),
        names.MISSES_PER_CRASH: str(settings.symbol_misses),
        names.WALK_MEMORY_BYTES: str(memory_mib * MIB),
        names.WALK_OUTPUT_BYTES: str(settings.walk_output_mib * MIB),
        names.WALKS_AT_ONCE: str(settings.walks_at_once),
        names.SECOND_DOLLARS: f"{second_dollars:.10f}",
        names.LEDGER_DAYS: str(settings.ledger_days),
    }


def dispatching(
    settings: Settings, stored: Stored, *, light_workflow: str, heavy_workflow: str
) -> dict[str, str]:
    """Tell the dispatcher."""
    return {
        names.CRASH_BUCKET: stored.bucket.bucket_name,
        names.LEDGER_TABLE: stored.ledger.table_name,
        names.LIGHT_WORKFLOW: light_workflow,
        names.HEAVY_WORKFLOW: heavy_workflow,
        names.INTAKE: ",".join(settings.intake),
        names.DUE_AFTER_SECONDS: str(settings.due_seconds),
        names.HEAVY_DUE_AFTER_SECONDS: str(settings.heavy_due_seconds),
        names.WORKFLOW_SECONDS: str(settings.workflow_seconds),
        **waking(settings),
        names.MAX_TRIES: str(settings.max_tries),
        names.LEDGER_DAYS: str(settings.ledger_days),
    }


def waking(settings: Settings) -> dict[str, str]:
    """Tell a part that sees to the heavy lane's work whom to wake."""
    return {
        names.WORKER_CLUSTER: cluster_name(settings),
        names.WORKER_SERVICE: service_name(settings),
    }


def reconciling(settings: Settings, stored: Stored) -> dict[str, str]:
    """Tell the reconciler."""
    return {
        names.LEDGER_TABLE: stored.ledger.table_name,
        names.MAX_PUT_BACKS: str(settings.max_put_backs),
        names.MAX_WAIT_SECONDS: str(settings.message_days * 86400),
        names.PUT_BACK_PATIENCE_SECONDS: str(settings.put_back_patience_seconds),
        names.LEDGER_DAYS: str(settings.ledger_days),
    }


def packing(settings: Settings, stored: Stored, limits: Packing) -> dict[str, str]:
    """Tell a part that packs symbols, whichever it is."""
    return {
        names.SYMBOL_BUCKET: stored.symbols.bucket_name,
        names.LEDGER_TABLE: stored.ledger.table_name,
        **waking(settings),
        **_account(settings, stored),
        names.SYMBOL_SOURCES: settings.symbol_sources.text(),
        names.SYMBOL_FETCH_SECONDS: str(limits.fetch_seconds),
        names.SYMBOL_LEASE_SECONDS: str(limits.lease_seconds),
        names.SYMBOL_ABSENT_SECONDS: str(settings.symbol_absent_seconds),
        names.SYMBOL_UPLOAD_BYTES: str(limits.upload_mib * MIB),
        names.SYMBOL_TEXT_BYTES: str(limits.text_mib * MIB),
        names.PACK_SECONDS: str(limits.kill_seconds),
        names.PACK_MEMORY_BYTES: str(limits.memory_mib * MIB),
        names.MAX_TRIES: str(settings.max_tries),
    }


def releasing(settings: Settings, stored: Stored, *, seconds: int) -> dict[str, str]:
    """Tell the releaser, whose function runs for so many seconds."""
    return {
        **_account(settings, stored),
        names.RELEASE_CAP: str(settings.symbol_release_cap),
        names.ROUND_SECONDS: str(seconds - LAST_SECONDS),
    }


def asking_again(settings: Settings, stored: Stored) -> dict[str, str]:
    """Tell the asker."""
    return {
        **_account(settings, stored),
        names.LEDGER_TABLE: stored.ledger.table_name,
        names.SYMBOL_BUCKET: stored.symbols.bucket_name,
        names.SYMBOL_SOURCES: settings.symbol_sources.text(),
        names.PRE_PACKED: str(settings.symbol_pre_pack),
        names.ROUND_SECONDS: str(settings.asker_seconds - LAST_SECONDS),
    }


def _account(settings: Settings, stored: Stored) -> dict[str, str]:
    return {
        names.MISS_TABLE: stored.misses.table_name,
        names.RELEASE_DAYS: str(settings.symbol_release_days),
        names.RELEASE_AFTER_SECONDS: str(settings.symbol_release_after_seconds),
    }


def working(settings: Settings) -> dict[str, str]:
    """Tell a worker what it needs beside what every walking part does."""
    return {
        names.WORKER_SLOTS: str(settings.worker_slots),
        names.WORKER_STANDARD_SLOTS: str(settings.worker_slots - settings.worker_priority_slots),
        names.WORKER_REPROCESSING_SLOTS: str(settings.worker_slots - settings.worker_fresh_slots),
        names.SLOT_MEMORY_BYTES: str(settings.worker_slot_memory_mib * MIB),
        names.SLOT_SCRATCH_BYTES: str(settings.worker_slot_scratch_mib * MIB),
        names.DRAIN_SECONDS: str(settings.worker_drain_seconds),
        names.VISIBILITY_SECONDS: str(settings.heavy_visibility_seconds),
        names.STALL_SECONDS: str(settings.worker_stall_seconds),
        names.PROBE_SECONDS: str(settings.worker_probe_seconds),
    }
