"""Metrics of symbol brokers: what each did since it last told, and what it keeps.

Those of the cache have the names of Socorro's cache manager, whose place the broker's has.
"""

from moonwalk.metrics.declaration import Unit, counter, dimension, gauge, size
from moonwalk.metrics.dimensions import LANE

_SOURCE = dimension("source", "s3", "http")
"""Kinds, as names are a deployment's. Folders are not asked."""

CACHE_USAGE = gauge(
    "processor.cache_manager.usage", Unit.BYTES, "Packs that a broker has on disk.", LANE
)
CACHE_FILES = gauge(
    "processor.cache_manager.files.count", Unit.COUNT, "Number of these packs.", LANE
)
CACHE_LARGE_FILES = gauge(
    "processor.cache_manager.files.gt_500",
    Unit.COUNT,
    "Number of these packs of which more than 500 MB are there.",
    LANE,
)
CACHE_AVERAGE = gauge(
    "processor.cache_manager.file_sizes.avg", Unit.BYTES, "Their average size.", LANE
)
CACHE_MEDIAN = gauge(
    "processor.cache_manager.file_sizes.median", Unit.BYTES, "Their median size.", LANE
)
CACHE_NINETY_FIVE = gauge(
    "processor.cache_manager.file_sizes.ninety_five",
    Unit.BYTES,
    "The size that 95 % of them stay below.",
    LANE,
)
CACHE_MAX = gauge("processor.cache_manager.file_sizes.max", Unit.BYTES, "The largest size.", LANE)
CACHE_EVICTED = counter(
    "processor.cache_manager.evict",
    "Packs that a broker dropped from disk for want of room.",
    LANE,
)
CACHE_REFUSED = counter(
    "broker.cache_refused",
    "Writes to the cache that failed, and chunks in it that were damaged.",
    LANE,
)
BROKER_OPENS = counter("broker.opens", "Packs that walks asked a broker for.", LANE)
BROKER_ABSENT = counter("broker.absent", "Packs of these that no source had.", LANE)
BROKER_FAILURES = counter(
    "broker.failures", "Questions that a broker could not answer because a source failed.", LANE
)
BROKER_HITS = counter("broker.hits", "Chunks of packs that a broker had at hand.", LANE)
BROKER_MISSES = counter("broker.misses", "Chunks of packs that it had to fetch.", LANE)
BROKER_WHOLE_PACKS = counter("broker.whole_packs", "Packs that it handed over as a whole.", LANE)
BROKER_KEPT_BYTES = size(
    "broker.kept_bytes",
    Unit.BYTES,
    "Bytes given from the cache, by tier.",
    LANE,
    dimension("tier", "memory", "disk"),
)
BROKER_SOURCE_BYTES = size(
    "broker.source_bytes", Unit.BYTES, "Bytes that a broker fetched.", LANE, _SOURCE
)
BROKER_REQUESTS = counter("broker.requests", "Requests of a broker.", LANE, _SOURCE)
BROKER_SOURCE_FAILURES = counter(
    "broker.source_failures", "Requests of a broker that failed in the end.", LANE, _SOURCE
)
BROKER_FETCH_TIME = size(
    "broker.fetch_time", Unit.SECONDS, "Time of a broker's requests, added up.", LANE
)
BROKER_WAIT = size(
    "broker.wait", Unit.SECONDS, "Waits of walks for a broker's sources, added up.", LANE
)
BROKER_MEMORY = gauge("broker.memory", Unit.BYTES, "Packs that a broker keeps in memory.", LANE)
