"""How settings must fit each other, whatever each of them is."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from infra.worker_relations import broken_worker_relations, memory_for_walks
from moonwalk.contracts.symbol_scopes import scopes_text
from moonwalk.contracts.symbol_sources import MAX_BYTES
from moonwalk.domain.dumps import MAX_DUMPS
from moonwalk.domain.request import QueueClass

if TYPE_CHECKING:
    from infra.settings import Settings

VISIBILITY_FACTOR = 6
"""AWS's advice for a queue that feeds a function: so many times the function's timeout."""
RETRY_SECONDS = 30
"""What the retries of the light workflow may wait in all."""
PACKER_PARENT_MIB = 160
"""What the process around a packer needs: it holds no document, only pieces of files."""
HIDDEN_SECONDS = 12 * 3600
"""From its receipt on SQS keeps a message from others no longer, however often that is extended
(Amazon SQS Developer Guide, visibility timeout)."""
SCHEDULED_FUNCTIONS = 4
"""Reconciler, releaser, asker and keeper: one execution each."""

_RISING = (
    "kill_seconds",
    "walker_seconds",
    "workflow_seconds",
    "dispatcher_seconds",
    "due_seconds",
    "visibility_seconds",
)
_AT_MOST = (
    ("processed_days", "crash_days"),
    ("symbol_upload_mib", "symbol_text_mib"),
    ("heavy_symbol_upload_mib", "heavy_symbol_text_mib"),
    ("symbol_upload_mib", "heavy_symbol_upload_mib"),
    ("symbol_text_mib", "heavy_symbol_text_mib"),
    ("pack_memory_mib", "heavy_pack_memory_mib"),
    ("pack_kill_seconds", "heavy_pack_kill_seconds"),
    ("symbol_fetch_seconds", "heavy_fetch_seconds"),
    ("pack_absent_seconds", "symbol_release_after_seconds"),
    ("symbol_release_days", "ledger_days"),
    ("symbol_release_days", "crash_days"),
)
_BELOW = (
    ("heavy_kill_seconds", "worker_stall_seconds"),
    ("pack_kill_seconds", "packer_seconds"),
    ("max_tries", "max_receives"),
    ("message_days", "dead_letter_days"),
    ("dead_letter_days", "ledger_days"),
)


def broken_relation(settings: "Settings") -> str | None:
    """Say what does not fit, with names and values; None when everything does."""
    return next(_broken(settings), None)


def _broken(settings: "Settings") -> Iterator[str]:
    for lower, higher in (*pairwise(_RISING), *_BELOW):
        if getattr(settings, lower) >= getattr(settings, higher):
            yield _pair(settings, lower, "must be below", higher)
    for lower, higher in _AT_MOST:
        if getattr(settings, lower) > getattr(settings, higher):
            yield _pair(settings, lower, "must be at most", higher)
    yield from _times(settings)
    yield from _sizes(settings)
    yield from _packing(settings)
    yield from _concurrency(settings)
    yield from _choices(settings)
    yield from broken_worker_relations(settings)


def _pair(settings: "Settings", lower: str, relation: str, higher: str) -> str:
    low, high = getattr(settings, lower), getattr(settings, higher)
    return f"the setting {lower} ({low}) {relation} {higher} ({high})"


def _times(settings: "Settings") -> Iterator[str]:
    yield from _hidden_long_enough(settings, "visibility_seconds", "dispatcher_seconds")
    yield from _hidden_long_enough(settings, "packer_visibility_seconds", "packer_seconds")
    if settings.walker_seconds + RETRY_SECONDS > settings.workflow_seconds:
        yield (
            f"the setting workflow_seconds ({settings.workflow_seconds}) must leave {RETRY_SECONDS}"
            f" seconds for retries beside walker_seconds ({settings.walker_seconds})"
        )
    if settings.heavy_kill_seconds >= settings.heavy_workflow_hours * 3600:
        yield _pair(settings, "heavy_kill_seconds", "must be within", "heavy_workflow_hours")
    if settings.heavy_kill_seconds > longest_heavy_walk(settings):
        yield (
            f"the setting heavy_kill_seconds ({settings.heavy_kill_seconds}) must be at most "
            f"{longest_heavy_walk(settings)}: SQS hides a message for {HIDDEN_SECONDS} seconds, in "
            f"which {MAX_DUMPS} minidumps are walked, walks_at_once ({settings.walks_at_once}) at "
            "a time"
        )


def longest_heavy_walk(settings: "Settings") -> int:
    """Give the seconds that each walk of a crash may take, while its message can be hidden."""
    rounds = -(-MAX_DUMPS // settings.walks_at_once)
    return HIDDEN_SECONDS // rounds


def _hidden_long_enough(settings: "Settings", visibility: str, timeout: str) -> Iterator[str]:
    least = getattr(settings, timeout) * VISIBILITY_FACTOR
    if getattr(settings, visibility) < least:
        yield (
            f"the setting {visibility} ({getattr(settings, visibility)}) must be at least "
            f"{VISIBILITY_FACTOR} times {timeout}, that is {least}"
        )


def _packing(settings: "Settings") -> Iterator[str]:
    yield from _told(settings)
    yield from _fetching(settings)
    needed = settings.pack_memory_mib + PACKER_PARENT_MIB
    if needed > settings.packer_memory_mib:
        yield (
            f"the setting packer_memory_mib ({settings.packer_memory_mib}) must hold "
            f"pack_memory_mib ({settings.pack_memory_mib}) and {PACKER_PARENT_MIB} more, "
            f"that is {needed}"
        )
    if 2 * settings.symbol_text_mib > settings.packer_tmp_mib:
        yield (
            f"the setting packer_tmp_mib ({settings.packer_tmp_mib}) must hold twice "
            f"symbol_text_mib, that is {2 * settings.symbol_text_mib}: upload, text and pack"
        )


def _told(settings: "Settings") -> Iterator[str]:
    """Sources, their knobs and scopes share what a function's variables leave of 4 KiB."""
    knobs = json.dumps(settings.symbol_sources.names)
    told = settings.symbol_sources.text() + scopes_text(settings.symbol_scopes) + knobs
    if len(told.encode()) > MAX_BYTES:
        yield (
            "the settings symbol_sources and symbol_scopes, and the sources' names once more, must "
            f"take at most {MAX_BYTES} bytes as JSON together, not {len(told.encode())}: functions "
            "are told all of it"
        )


def _fetching(settings: "Settings") -> Iterator[str]:
    for scope, sources in settings.symbol_sources.scopes:
        needed = len(sources) * settings.symbol_fetch_seconds + settings.pack_kill_seconds
        if needed >= settings.packer_seconds:
            yield (
                f"the setting packer_seconds ({settings.packer_seconds}) must hold "
                f"symbol_fetch_seconds ({settings.symbol_fetch_seconds}) for each of the "
                f"{len(sources)} sources of scope {scope}, and pack_kill_seconds "
                f"({settings.pack_kill_seconds}), that is more than {needed}"
            )


def _sizes(settings: "Settings") -> Iterator[str]:
    output = 2 * settings.walk_output_mib
    needed = settings.light_limit_mib + output + settings.walker_packs_mib
    if needed > settings.walker_tmp_mib:
        yield (
            f"the setting walker_tmp_mib ({settings.walker_tmp_mib}) must hold light_limit_mib, "
            f"twice walk_output_mib and walker_packs_mib, that is {needed}"
        )
    yield from memory_for_walks(settings, "walker_memory_mib", "light_walk_memory_mib", crashes=1)


def _concurrency(settings: "Settings") -> Iterator[str]:
    dispatchers, crashes = _light_lane(settings)
    needed = executions(settings)
    if needed > settings.account_concurrency:
        yield (
            f"the setting account_concurrency ({settings.account_concurrency}) must hold "
            f"{dispatchers} dispatchers, {crashes} crashes, packer_concurrency "
            f"({settings.packer_concurrency}) and {SCHEDULED_FUNCTIONS} more, that is {needed}"
        )


def executions(settings: "Settings") -> int:
    """Give how many executions of functions there are at most at the same time."""
    return sum(_light_lane(settings)) + settings.packer_concurrency + SCHEDULED_FUNCTIONS


def _light_lane(settings: "Settings") -> tuple[int, int]:
    """Each dispatcher is an execution, and each crash that it waits for another."""
    paces = [settings.pace(queue) for queue in QueueClass]
    crashes = sum(pace.batch * pace.concurrency for pace in paces)
    return sum(pace.concurrency for pace in paces), crashes


def _choices(settings: "Settings") -> Iterator[str]:
    bulk = settings.reprocessing_batch * settings.reprocessing_concurrency
    fresh = settings.standard_batch * settings.standard_concurrency
    if bulk > fresh:
        yield (
            f"reprocessing_batch times reprocessing_concurrency ({bulk}) must be at most the same "
            f"for standard ({fresh}), or bulk work starves fresh work"
        )
    if settings.s3_events != "none" and "s3_event" not in settings.intake:
        yield (
            f"the setting s3_events ({settings.s3_events}) needs s3_event in intake "
            f"({', '.join(settings.intake)})"
        )
