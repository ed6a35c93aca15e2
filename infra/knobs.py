"""Which knobs a deployment has: what its settings say, and how far on-call may go from there.

A bound is where something else in the settings would break: a timeout, a disk, a memory.
"""

from dataclasses import replace

from infra.settings import Settings, SettingsError
from infra.settings_relations import executions, longest_heavy_walk
from moonwalk.domain.knobs import (
    HEAVY_KILL,
    LIGHT_KILL,
    LIGHT_LIMIT,
    READ_BY_FUNCTIONS,
    RELEASES,
    SLOTS,
    KnobQueue,
    Panel,
    Range,
    concurrency,
)
from moonwalk.domain.request import QueueClass

WIDEST = 4
"""Times the settings' own; what more would do to tables and services nobody has reckoned with."""
LEAST_CONCURRENCY, MOST_CONCURRENCY = 2, 1000
"""What Lambda takes."""
WALKER_MARGIN_SECONDS = 80
"""What the walker function needs beside a walk, to fetch, to apply rules and to save."""
WORKER_MARGIN_SECONDS = 300
"""What a worker may need beside a walk of the largest dumps, before it seems to stand still."""
MOST_RELEASES = 10_000
"""What settings allow."""


def panel_of(settings: Settings) -> Panel:
    """Give the knobs of a deployment with these settings."""
    numbers = {concurrency(queue): _concurrency(settings, queue) for queue in READ_BY_FUNCTIONS}
    numbers[LIGHT_LIMIT] = Range(settings.light_limit_mib, 0, _light_limit(settings))
    longest = max(settings.kill_seconds, settings.walker_seconds - WALKER_MARGIN_SECONDS)
    numbers[LIGHT_KILL] = Range(settings.kill_seconds, 1, longest)
    numbers[HEAVY_KILL] = Range(settings.heavy_kill_seconds, 1, _longest_heavy(settings))
    numbers[SLOTS] = Range(settings.worker_slots, 1, _most_slots(settings))
    numbers[RELEASES] = Range(settings.symbol_releases_per_minute, 0, MOST_RELEASES)
    return Panel(numbers, settings.symbol_sources.names)


def _concurrency(settings: Settings, queue: KnobQueue) -> Range:
    if queue is KnobQueue.SYMBOLS:
        usual, each = settings.packer_concurrency, 1
    else:
        pace = settings.pace(QueueClass(queue))
        usual, each = pace.concurrency, 1 + pace.batch
    # One knob alone must not take executions that the account gives to all functions together.
    spare = settings.account_concurrency - executions(settings)
    most = min(WIDEST * usual, MOST_CONCURRENCY, usual + spare // each)
    if queue is KnobQueue.REPROCESSING:
        # As in the settings: bulk work in flight is at most what fresh work is by itself.
        fresh = settings.standard_batch * settings.standard_concurrency
        most = max(usual, min(most, fresh // settings.reprocessing_batch))
    return Range(usual, LEAST_CONCURRENCY, most)


def _longest_heavy(settings: Settings) -> int:
    """Give what a walk may take before its worker, workflow or message gives up."""
    noticed = min(settings.worker_stall_seconds, settings.heavy_workflow_hours * 3600)
    within = min(noticed - WORKER_MARGIN_SECONDS, longest_heavy_walk(settings))
    return max(settings.heavy_kill_seconds, within)


def _most_slots(settings: Settings) -> int:
    """Give how many slots the worker's memory and disk hold, which takes the settings' own rules.

    The scaling reckons with the settings' number, so that more than twice as many mislead it.
    """
    most = settings.worker_slots
    while most < 2 * settings.worker_slots and _holds(settings, most + 1):
        most += 1
    return most


def _holds(settings: Settings, slots: int) -> bool:
    try:
        replace(settings, worker_slots=slots)
    except SettingsError:
        return False
    return True


def _light_limit(settings: Settings) -> int:
    """Give what the walker function's /tmp holds beside its packs and the walks' output."""
    others = 2 * settings.walk_output_mib + settings.walker_packs_mib
    return settings.walker_tmp_mib - others
