"""What a container's kernel tells, as metrics."""

import logging
import os
from pathlib import Path

from moonwalk.adapters.vitals.disks import mount_of, reads_of, room_in
from moonwalk.adapters.vitals.kernel import Kernel, Since
from moonwalk.adapters.vitals.memory import own_group, read_memory
from moonwalk.adapters.vitals.processes import read_processes
from moonwalk.adapters.vitals.stalls import Ticks, read_pressure
from moonwalk.metrics import Metric
from moonwalk.ports import Metrics

_LOG = logging.getLogger(__name__)
_OF_READS = {
    "reads": Metric.DISK_READS,
    "bytes": Metric.DISK_READ_BYTES,
    "seconds": Metric.DISK_READ_TIME,
}


class ContainerVitals:
    """Processes, memory, disk, and what was waited for since the last time."""

    def __init__(self, metrics: Metrics, folder: Path, kernel: Kernel | None = None) -> None:
        """Look at the counters for the first time.

        Args:
            metrics: where figures go.
            folder: on the disk that packs are kept on; it must be there.
            kernel: another than this machine's.
        """
        self._metrics = metrics
        self._folder = folder
        self._kernel = kernel or Kernel()
        mount = mount_of(self._kernel, folder)
        self._device = mount.device if mount else ""
        self._group = own_group(self._kernel, "")
        self._ticks = Ticks(self._kernel.proc)
        self._reads = Since(reads_of(self._kernel, self._device))
        self._said_without_pressure = False

    def tell(self) -> None:
        """Look, and record what is there."""
        self._tell_processes()
        self._tell_stalls()
        self._tell_disk()
        if memory := read_memory(self._kernel):
            self._metrics.add(Metric.MEMORY_USED, memory.used)
            self._metrics.add(Metric.MEMORY_LIMIT, memory.limit)

    def _tell_processes(self) -> None:
        found = read_processes(self._kernel.proc, os.getpid())
        for status, count in found.by_status.items():
            self._metrics.add(Metric.PROCESSES_BY_STATUS, count, procstatus=status)
        for kind, count in found.by_kind.items():
            self._metrics.add(Metric.PROCESSES_BY_TYPE, count, proctype=kind)
        self._metrics.add(Metric.OPEN_FILES, found.open_files)

    def _tell_stalls(self) -> None:
        found = read_pressure(self._kernel, self._group)
        for each in found:
            self._metrics.add(
                Metric.PRESSURE, each.percent, resource=each.resource, share=each.share
            )
        if not found and not self._said_without_pressure:
            self._said_without_pressure = True
            _LOG.info("this kernel tells no pressure: worker.pressure is not sent")
        if shares := self._ticks.shares():
            busy, waited = shares
            self._metrics.add(Metric.CPU_BUSY, busy)
            self._metrics.add(Metric.IOWAIT, waited)

    def _tell_disk(self) -> None:
        grown = self._reads.grown(reads_of(self._kernel, self._device))
        for name, growth in grown.items():
            self._metrics.add(_OF_READS[name], growth)
        self._metrics.add(Metric.SCRATCH_FREE, room_in(self._folder).free)
