"""Metrics of walks, as the stackwalker, its broker and the kernel tell them."""

from moonwalk.domain.outcome import Outcome
from moonwalk.metrics.declaration import Unit, counter, dimension, size, timing

WALKS = counter("walk.outcomes", "Walked minidumps, by outcome.", dimension("outcome", Outcome))
WALK_TIME = timing("walk.time", "Wall-clock time of one stackwalker run.")
WALK_INPUT = size("walk.minidump_size", Unit.BYTES, "Size of a walked minidump.")
PACKS_OPENED = size("walk.packs_opened", Unit.COUNT, "Packs that one walk read symbols from.")
PACK_READS = size("walk.pack_reads", Unit.COUNT, "Reads of packs in one walk.")
PACK_BYTES = size("walk.pack_bytes", Unit.BYTES, "Bytes of packs read in one walk.")
SYMBOL_TIME = timing("walk.symbol_time", "Time of one walk in its symbols.")
SYMBOL_REQUESTS = size(
    "walk.symbol_requests", Unit.COUNT, "Requests to sources of packs for one walk."
)
SYMBOL_SOURCE_BYTES = size(
    "walk.symbol_source_bytes", Unit.BYTES, "Bytes of packs from sources for one walk."
)
SYMBOL_KEPT_BYTES = size(
    "walk.symbol_kept_bytes", Unit.BYTES, "Bytes of packs for one walk that the broker had."
)
SYMBOL_WAIT = timing("walk.symbol_wait", "Waits for sources of packs in one walk, added up.")
