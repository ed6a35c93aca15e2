"""Metrics of walks, as the stackwalker, its broker and the kernel tell them.

Each figure is defined in `moonwalk.domain.walk_cost` and in docs/stackwalker.md. They have one
dimension, the lane, so that all of a walk's are one line of log.
"""

from moonwalk.domain.outcome import Outcome
from moonwalk.metrics.declaration import Unit, counter, dimension, size, timing
from moonwalk.metrics.dimensions import LANE

WALKS = counter("walk.outcomes", "Walked minidumps, by outcome.", dimension("outcome", Outcome))
WALK_TIME = timing("walk.time", "Wall-clock time of one stackwalker run.", LANE)
WALK_USER = timing("walk.user_time", "Processor's time of a walk in the program.", LANE)
WALK_SYSTEM = timing("walk.system_time", "Processor's time of a walk in the kernel.", LANE)
WALK_READY = timing(
    "walk.ready_time",
    "In which a walk was ready to run and had no processor: too many slots for it.",
    LANE,
)
WALK_WAIT = timing(
    "walk.wait_time",
    "In which a walk neither computed nor was ready to: it waited for disk or network.",
    LANE,
)
WALK_WAIT_RATIO = size(
    "walk.wait_ratio",
    Unit.NONE,
    "Share of its time that a walk waited, 0 to 1: the early sign of the fugue.",
    LANE,
)
WALK_DISK_WAIT = timing("walk.disk_wait_time", "In which a walk was blocked on files.", LANE)
WALK_NETWORK_WAIT = timing(
    "walk.network_wait_time", "In which a walk was blocked on sources of packs.", LANE
)
WALK_FAULTS = size(
    "walk.major_faults", Unit.COUNT, "Pages that a walk had to have read from disk.", LANE
)
WALK_DISK_BYTES = size(
    "walk.disk_bytes", Unit.BYTES, "Bytes that the kernel read from disks for a walk.", LANE
)
WALK_INPUT = size("walk.minidump_size", Unit.BYTES, "Size of a walked minidump.", LANE)
PACKS_OPENED = size("walk.packs_opened", Unit.COUNT, "Packs that one walk read symbols from.", LANE)
PACK_READS = size("walk.pack_reads", Unit.COUNT, "Reads of packs in one walk.", LANE)
PACK_BYTES = size("walk.pack_bytes", Unit.BYTES, "Bytes of packs read in one walk.", LANE)
SYMBOL_TIME = timing("walk.symbol_time", "Time of one walk in its symbols.", LANE)
SYMBOL_REQUESTS = size(
    "walk.symbol_requests", Unit.COUNT, "Requests to sources of packs for one walk.", LANE
)
SYMBOL_SOURCE_BYTES = size(
    "walk.symbol_source_bytes", Unit.BYTES, "Bytes of packs from sources for one walk.", LANE
)
SYMBOL_KEPT_BYTES = size(
    "walk.symbol_kept_bytes", Unit.BYTES, "Bytes of packs for one walk that the broker had.", LANE
)
SYMBOL_WAIT = timing(
    "walk.symbol_wait",
    "Waits of a walk's questions for sources of packs, side by side, added up.",
    LANE,
)
