"""Metrics of workers: what each beat of their hearts tells, and the disk that they started on.

None has a worker's name, which would be unbounded: average, maximum and sum of a minute's samples
tell of all workers.
"""

from moonwalk.domain.disk_kind import DiskKind
from moonwalk.domain.processes import ProcessKind, ProcessStatus
from moonwalk.metrics.declaration import Unit, dimension, gauge, size

_DISK = dimension("disk", DiskKind)

PROCESSES_BY_STATUS = gauge(
    "processor.processes_by_status",
    Unit.COUNT,
    "Processes of a worker, by what they do.",
    dimension("procstatus", ProcessStatus),
)
PROCESSES_BY_TYPE = gauge(
    "processor.processes_by_type",
    Unit.COUNT,
    "Processes of a worker, by what they are.",
    dimension("proctype", ProcessKind),
)
OPEN_FILES = gauge("processor.open_files", Unit.COUNT, "Descriptors of a worker's processes.")
SLOTS = gauge("worker.slots", Unit.COUNT, "Slots of a worker.")
SLOTS_BUSY = gauge("worker.slots_busy", Unit.COUNT, "Slots in which a crash is in hand.")
PRESSURE = gauge(
    "worker.pressure",
    Unit.PERCENT,
    "Share of a worker's last minute in which some of its tasks, or all, stood still for want of a "
    "resource; only where the kernel tells it.",
    dimension("resource", "cpu", "io", "memory"),
    dimension("share", "some", "full"),
)
CPU_BUSY = gauge(
    "worker.cpu_busy", Unit.PERCENT, "Time since the last beat in which processors worked."
)
IOWAIT = gauge(
    "worker.iowait",
    Unit.PERCENT,
    "Time since the last beat in which processors were idle, with reads or writes pending.",
)
DISK_READS = size(
    "worker.disk_reads", Unit.COUNT, "Reads from the disk of the cache since the last beat."
)
DISK_READ_BYTES = size("worker.disk_read_bytes", Unit.BYTES, "Bytes of these reads.")
DISK_READ_TIME = size("worker.disk_read_time", Unit.SECONDS, "Time of these reads, added up.")
MEMORY_USED = gauge(
    "worker.memory_used", Unit.BYTES, "Memory of a worker's container but for droppable cache."
)
MEMORY_LIMIT = gauge("worker.memory_limit", Unit.BYTES, "Memory that a worker's container may use.")
SCRATCH_FREE = gauge(
    "worker.scratch_free", Unit.BYTES, "Room left where a worker keeps dumps and packs."
)
PROBED_SEQUENTIAL = gauge(
    "disk.sequential_read",
    Unit.BYTES_PER_SECOND,
    "Reads in order past the page cache, as a worker found when it started, by kind of disk.",
    _DISK,
)
PROBED_RANDOM = gauge(
    "disk.random_reads",
    Unit.COUNT_PER_SECOND,
    "Small reads here and there, one after the other, found likewise.",
    _DISK,
)
PROBED_LATENCY = gauge("disk.read_latency", Unit.SECONDS, "Median time of one of these.", _DISK)
