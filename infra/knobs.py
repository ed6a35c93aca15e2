"""Which knobs a deployment has: what its settings say, and how far on-call may go from there.

A bound is where something else in the settings would break: a timeout, a disk, a memory.
"""

from infra.settings import Settings
from moonwalk.domain.knobs import (
    HEAVY_KILL,
    LIGHT_KILL,
    LIGHT_LIMIT,
    READ_BY_FUNCTIONS,
    RELEASES,
    KnobQueue,
    Panel,
    Range,
    concurrency,
)
from moonwalk.domain.request import QueueClass

WIDEST = 4
"""Times the settings' own: more functions than that, and the account's limit is somebody's."""
LEAST_CONCURRENCY, MOST_CONCURRENCY = 2, 1000
"""What Lambda takes."""
WALKER_MARGIN_SECONDS = 80
"""What the walker function needs beside a walk, to fetch, to apply rules and to save."""
MOST_RELEASES = 10_000
"""What settings allow."""


def panel_of(settings: Settings) -> Panel:
    """Give the knobs of a deployment with these settings."""
    numbers = {concurrency(queue): _concurrency(settings, queue) for queue in READ_BY_FUNCTIONS}
    numbers[LIGHT_LIMIT] = Range(settings.light_limit_mib, 0, _light_limit(settings))
    longest = max(settings.kill_seconds, settings.walker_seconds - WALKER_MARGIN_SECONDS)
    numbers[LIGHT_KILL] = Range(settings.kill_seconds, 1, longest)
    within = min(settings.worker_stall_seconds, settings.heavy_workflow_hours * 3600) - 1
    numbers[HEAVY_KILL] = Range(settings.heavy_kill_seconds, 1, within)
    numbers[RELEASES] = Range(settings.symbol_releases_per_minute, 0, MOST_RELEASES)
    listed = (sources for _, sources in settings.symbol_sources.scopes)
    return Panel(numbers, [source.name for sources in listed for source in sources])


def _concurrency(settings: Settings, queue: KnobQueue) -> Range:
    symbols = queue is KnobQueue.SYMBOLS
    usual = settings.packer_concurrency if symbols else settings.pace(QueueClass(queue)).concurrency
    most = min(WIDEST * usual, MOST_CONCURRENCY)
    if queue is KnobQueue.REPROCESSING:
        # As in the settings: bulk work in flight is at most what fresh work is by itself.
        fresh = settings.standard_batch * settings.standard_concurrency
        most = max(usual, min(most, fresh // settings.reprocessing_batch))
    return Range(usual, LEAST_CONCURRENCY, most)


def _light_limit(settings: Settings) -> int:
    """Give what the walker function's /tmp holds beside its packs and the walks' output."""
    others = 2 * settings.walk_output_mib + settings.walker_packs_mib
    return settings.walker_tmp_mib - others
