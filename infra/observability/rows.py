"""Rows of the dashboard below the operator's: titles, graphs, and what metrics they show."""

from collections.abc import Mapping, Sequence

from moonwalk.metrics import Metric

ROWS: Mapping[str, Mapping[str, Sequence[Metric]]] = {
    "Lanes": {
        "Requests read": [Metric.REQUESTS],
        "Requests settled, tried again, rejected": [
            Metric.SETTLED,
            Metric.RETRIED,
            Metric.REJECTED,
        ],
        "Handed to the heavy lane, by why": [Metric.HEAVY],
        "Oldest due crash, seconds": [Metric.OLDEST_DUE],
        "Late crashes, by what was done": [Metric.RECONCILED],
        "Crashes in flight; slots, and those busy": [
            Metric.IN_FLIGHT,
            Metric.SLOTS,
            Metric.SLOTS_BUSY,
        ],
        "Knobs turned, queues paused, trouble with knobs": [
            Metric.KNOBS_TURNED,
            Metric.QUEUES_PAUSED,
            Metric.KNOBS_TROUBLE,
        ],
        "Clock skew of submissions, seconds": [Metric.CLOCK_SKEW],
    },
    "Steps: where the time of a run goes": {
        "Fetching, 95th percentile": [Metric.FETCH_TIME],
        "Walking, 95th percentile": [Metric.WALKING_TIME],
        "Asking for symbols, 95th percentile": [Metric.SYMBOLS_TIME],
        "Rules and saving, 95th percentile": [Metric.RULES_TIME, Metric.SAVE_TIME],
    },
    "Walks: what they wait for": {
        "Share of a walk's time waited, 95th percentile": [Metric.WALK_WAIT_RATIO],
        "Waits for disk and network": [Metric.WALK_DISK_WAIT, Metric.WALK_NETWORK_WAIT],
        "Processor: own, kernel, waiting for one": [
            Metric.WALK_USER,
            Metric.WALK_SYSTEM,
            Metric.WALK_READY,
        ],
        "Outcomes": [Metric.WALKS],
        "Bytes: packs, disk, sources": [
            Metric.PACK_BYTES,
            Metric.WALK_DISK_BYTES,
            Metric.SYMBOL_SOURCE_BYTES,
        ],
        "Major faults": [Metric.WALK_FAULTS],
    },
    "Symbols": {
        "Uploads, by what came of them": [Metric.SYMBOLS_PACKED],
        "Refused, by why": [Metric.SYMBOLS_REFUSED],
        "Needs, by what came of them": [Metric.SYMBOL_NEEDS],
        "Failures of sources": [Metric.SYMBOL_SOURCE_FAILURES],
        "Time of packing and fetching": [Metric.PACKING_TIME, Metric.SYMBOL_FETCH_TIME],
        "News that waits": [Metric.NEWS_WAITING],
        "Provisional, by what lacks": [Metric.INCOMPLETE],
        "Broker: hits and misses": [Metric.BROKER_HITS, Metric.BROKER_MISSES],
    },
    "Disk": {
        "Disks by kind, as probed: bytes per second": [Metric.PROBED_SEQUENTIAL],
        "Reads since the last beat": [Metric.DISK_READS],
        "Time of these reads": [Metric.DISK_READ_TIME],
        "iowait, %": [Metric.IOWAIT],
        "Pressure, %": [Metric.PRESSURE],
        "Cache on disk": [Metric.CACHE_USAGE],
        "Packs evicted": [Metric.CACHE_EVICTED],
        "Scratch left": [Metric.SCRATCH_FREE],
    },
    "Processes": {
        "By state": [Metric.PROCESSES_BY_STATUS],
        "By kind": [Metric.PROCESSES_BY_TYPE],
        "Open files": [Metric.OPEN_FILES],
        "Memory": [Metric.MEMORY_USED, Metric.MEMORY_LIMIT],
        "Processors busy, %": [Metric.CPU_BUSY],
    },
}
"""A metric that is in none of them is for who looks for a cause: CloudWatch has them all."""
