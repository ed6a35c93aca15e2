"""The catalogue of metrics: nothing can be recorded that is not declared here.

Each area has a file with its declarations; `Metric` names them all. Code, alarms, dashboard and
`docs/metrics.md` take name, kind, unit and dimensions from it. No dimension is unbounded: each says
all its values, because CloudWatch bills every combination of them by the month.
"""

from enum import Enum

from moonwalk.metrics import brokers, crashes, knobs, rules, runs, shifts, symbols, walks, workers
from moonwalk.metrics.declaration import Declaration, Dimension, Kind, Unit

__all__ = ["Declaration", "Dimension", "Kind", "Metric", "Unit"]


class Metric(Enum):
    """Every metric of Moonwalk; in the order of its declarations, area by area."""

    value: Declaration

    REQUESTS = crashes.REQUESTS
    SETTLED = crashes.SETTLED
    REJECTED = crashes.REJECTED
    RETRIED = crashes.RETRIED
    HEAVY = crashes.HEAVY
    WORKERS_WOKEN = crashes.WORKERS_WOKEN
    ANSWERS = crashes.ANSWERS
    LAG = crashes.LAG
    CLOCK_SKEW = crashes.CLOCK_SKEW
    COST = crashes.COST
    INCOMPLETE = crashes.INCOMPLETE
    RECONCILED = crashes.RECONCILED
    OLDEST_DUE = crashes.OLDEST_DUE
    IN_FLIGHT = crashes.IN_FLIGHT
    INGESTION_TIME = runs.INGESTION_TIME
    PROCESS_TIME = runs.PROCESS_TIME
    SAVE_TIME = runs.SAVE_TIME
    FETCH_TIME = runs.FETCH_TIME
    WALKING_TIME = runs.WALKING_TIME
    SYMBOLS_TIME = runs.SYMBOLS_TIME
    RULES_TIME = runs.RULES_TIME
    KNOBS_TURNED = knobs.KNOBS_TURNED
    QUEUES_PAUSED = knobs.QUEUES_PAUSED
    KNOBS_TROUBLE = knobs.KNOBS_TROUBLE
    WALKS = walks.WALKS
    WALK_TIME = walks.WALK_TIME
    WALK_USER = walks.WALK_USER
    WALK_SYSTEM = walks.WALK_SYSTEM
    WALK_READY = walks.WALK_READY
    WALK_WAIT = walks.WALK_WAIT
    WALK_WAIT_RATIO = walks.WALK_WAIT_RATIO
    WALK_DISK_WAIT = walks.WALK_DISK_WAIT
    WALK_NETWORK_WAIT = walks.WALK_NETWORK_WAIT
    WALK_FAULTS = walks.WALK_FAULTS
    WALK_DISK_BYTES = walks.WALK_DISK_BYTES
    WALK_INPUT = walks.WALK_INPUT
    PACKS_OPENED = walks.PACKS_OPENED
    PACK_READS = walks.PACK_READS
    PACK_BYTES = walks.PACK_BYTES
    SYMBOL_TIME = walks.SYMBOL_TIME
    SYMBOL_REQUESTS = walks.SYMBOL_REQUESTS
    SYMBOL_SOURCE_BYTES = walks.SYMBOL_SOURCE_BYTES
    SYMBOL_KEPT_BYTES = walks.SYMBOL_KEPT_BYTES
    SYMBOL_WAIT = walks.SYMBOL_WAIT
    SYMBOLS_PACKED = symbols.SYMBOLS_PACKED
    SYMBOLS_REFUSED = symbols.SYMBOLS_REFUSED
    SYMBOLS_RETRIED = symbols.SYMBOLS_RETRIED
    SYMBOLS_CORRUPT = symbols.SYMBOLS_CORRUPT
    SYMBOL_TEXT = symbols.SYMBOL_TEXT
    PACKING_TIME = symbols.PACKING_TIME
    SYMBOL_NEEDS = symbols.SYMBOL_NEEDS
    SYMBOL_FETCH_TIME = symbols.SYMBOL_FETCH_TIME
    SYMBOL_SOURCE_FAILURES = symbols.SYMBOL_SOURCE_FAILURES
    SYMBOLS_ASKED = symbols.SYMBOLS_ASKED
    SYMBOLS_AWAITED = symbols.SYMBOLS_AWAITED
    SYMBOLS_MISSED = symbols.SYMBOLS_MISSED
    CRASHES_RELEASED = symbols.CRASHES_RELEASED
    CRASHES_DROPPED = symbols.CRASHES_DROPPED
    NEWS_WAITING = symbols.NEWS_WAITING
    WORKER_SHORT_OF = shifts.SHORT_OF
    RULE_TIME = rules.RULE_TIME
    NULLS = rules.NULLS
    NONES = rules.NONES
    WALKED = rules.WALKED
    STACK_SIZE = rules.STACK_SIZE
    STACKS_TRUNCATED = rules.STACKS_TRUNCATED
    VERSION_CACHE = rules.VERSION_CACHE
    VERSION_LOOKUP = rules.VERSION_LOOKUP
    PROCESSES_BY_STATUS = workers.PROCESSES_BY_STATUS
    PROCESSES_BY_TYPE = workers.PROCESSES_BY_TYPE
    OPEN_FILES = workers.OPEN_FILES
    SLOTS = workers.SLOTS
    SLOTS_BUSY = workers.SLOTS_BUSY
    PRESSURE = workers.PRESSURE
    CPU_BUSY = workers.CPU_BUSY
    IOWAIT = workers.IOWAIT
    DISK_READS = workers.DISK_READS
    DISK_READ_BYTES = workers.DISK_READ_BYTES
    DISK_READ_TIME = workers.DISK_READ_TIME
    MEMORY_USED = workers.MEMORY_USED
    MEMORY_LIMIT = workers.MEMORY_LIMIT
    SCRATCH_FREE = workers.SCRATCH_FREE
    PROBED_SEQUENTIAL = workers.PROBED_SEQUENTIAL
    PROBED_RANDOM = workers.PROBED_RANDOM
    PROBED_LATENCY = workers.PROBED_LATENCY
    CACHE_USAGE = brokers.CACHE_USAGE
    CACHE_FILES = brokers.CACHE_FILES
    CACHE_LARGE_FILES = brokers.CACHE_LARGE_FILES
    CACHE_AVERAGE = brokers.CACHE_AVERAGE
    CACHE_MEDIAN = brokers.CACHE_MEDIAN
    CACHE_NINETY_FIVE = brokers.CACHE_NINETY_FIVE
    CACHE_MAX = brokers.CACHE_MAX
    CACHE_EVICTED = brokers.CACHE_EVICTED
    CACHE_REFUSED = brokers.CACHE_REFUSED
    BROKER_OPENS = brokers.BROKER_OPENS
    BROKER_ABSENT = brokers.BROKER_ABSENT
    BROKER_FAILURES = brokers.BROKER_FAILURES
    BROKER_HITS = brokers.BROKER_HITS
    BROKER_MISSES = brokers.BROKER_MISSES
    BROKER_WHOLE_PACKS = brokers.BROKER_WHOLE_PACKS
    BROKER_KEPT_BYTES = brokers.BROKER_KEPT_BYTES
    BROKER_SOURCE_BYTES = brokers.BROKER_SOURCE_BYTES
    BROKER_REQUESTS = brokers.BROKER_REQUESTS
    BROKER_SOURCE_FAILURES = brokers.BROKER_SOURCE_FAILURES
    BROKER_FETCH_TIME = brokers.BROKER_FETCH_TIME
    BROKER_WAIT = brokers.BROKER_WAIT
    BROKER_MEMORY = brokers.BROKER_MEMORY
