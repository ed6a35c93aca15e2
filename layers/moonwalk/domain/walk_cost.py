"""What a walk cost, and where its time went: told by the kernel, the stackwalker and the broker.

The kernel tells it of every walk, of one that was killed too; the other two only of one that came
to its end. So the sign of walks that wait for something, `wait_ratio`, is made of what the kernel
tells.
"""

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessCost:
    """What the kernel counted of the stackwalker's process.

    Attributes:
        user_seconds: of the processor, in the program.
        system_seconds: of the processor, in the kernel for it.
        ready_seconds: ready to run, and no processor was free (or none allowed any more); of the
            thread that walks, and 0 where the kernel does not tell.
        major_faults: pages that had to be read from a disk when they were touched.
        disk_bytes: read from disks; what the page cache had is not among it.
        peak_bytes: of memory at most.
    """

    user_seconds: float
    system_seconds: float
    ready_seconds: float
    major_faults: int
    disk_bytes: int
    peak_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkCost:
    """The figures of one walk, all modules together.

    Attributes:
        packs_opened: packs that symbols were read from.
        reads: of packs; what would be requests if they were not on a disk.
        bytes: that those reads gave.
        blocks: of packs, decompressed.
        lookups: questions that the walk asked of symbols.
        memo_hits: those of them that had been answered before.
        dump_seconds: to open the minidump.
        symbol_seconds: in symbols, packs and text alike.
        walking_seconds: in the walk, without its symbols.
        printing_seconds: for the JSON.
        file_seconds: in reads of packs and symbol files by the walk itself.
        broker_seconds: that nothing could be gone on with before the broker answered.
    """

    packs_opened: int
    reads: int
    bytes: int
    blocks: int
    lookups: int
    memo_hits: int
    dump_seconds: float
    symbol_seconds: float
    walking_seconds: float
    printing_seconds: float
    file_seconds: float = 0.0
    broker_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerCost:
    """What the broker did for one walk.

    Attributes:
        requests: to sources of packs, each with all its tries.
        source_bytes: that came of them.
        kept_bytes: that it had at hand.
        whole_packs: that it handed over to be read from the disk.
        wait_seconds: that questions waited for sources, side by side.
        blocked_seconds: in which at least one question waited for sources.
    """

    requests: int
    source_bytes: int
    kept_bytes: int
    whole_packs: int
    wait_seconds: float
    blocked_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What walks took, all figures that every walk tells; each is told of no part twice.

    Attributes:
        walks: how many these are the figures of.
        wall_seconds: from start to end of the process.
        user_seconds, system_seconds, ready_seconds, major_faults: see `ProcessCost`.
        disk_seconds: blocked on files: reads of packs and symbol files, and of what the broker had
            at hand. Faults of pages, as of the mapped dump, are not in it.
        network_seconds: blocked on the sources of packs.
        disk_bytes: that the kernel read from disks for the process.
        cache_bytes: of packs, that the broker had at hand.
        network_bytes: of packs, from their sources.
        requests: to these.
    """

    walks: int = 0
    wall_seconds: float = 0.0
    user_seconds: float = 0.0
    system_seconds: float = 0.0
    ready_seconds: float = 0.0
    disk_seconds: float = 0.0
    network_seconds: float = 0.0
    major_faults: int = 0
    disk_bytes: int = 0
    cache_bytes: int = 0
    network_bytes: int = 0
    requests: int = 0

    def __add__(self, other: Self) -> "Spent":
        """Give the figures of both."""
        names = [field.name for field in fields(self)]
        return Spent(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def wait_seconds(self) -> float:
        """Neither computing nor ready to: waiting for a disk, for the network, for memory."""
        busy = self.user_seconds + self.system_seconds + self.ready_seconds
        return max(0.0, self.wall_seconds - busy)

    @property
    def wait_ratio(self) -> float:
        """The share of the wall-clock time that was waited, from 0 to 1.

        What the fugue was: walks got slower and computed less. That a walk shares its processor
        with too many others is another disease, and raises `ready_seconds` in its place.
        """
        return min(1.0, self.wait_seconds / self.wall_seconds) if self.wall_seconds else 0.0


def spent(
    wall_seconds: float,
    process: ProcessCost | None,
    cost: WalkCost | None,
    brokered: BrokerCost | None,
) -> Spent:
    """Put together what is known of one walk; of what nobody told there is nothing in it."""
    blocked = brokered.blocked_seconds if brokered else 0.0
    # While one pack is waited for, another may be read on: then the walk was not held up.
    network = min(blocked, cost.broker_seconds) if cost else min(blocked, wall_seconds)
    disk = cost.file_seconds + cost.broker_seconds - network if cost else 0.0
    return Spent(
        walks=1,
        wall_seconds=wall_seconds,
        user_seconds=process.user_seconds if process else 0.0,
        system_seconds=process.system_seconds if process else 0.0,
        ready_seconds=process.ready_seconds if process else 0.0,
        disk_seconds=disk,
        network_seconds=network,
        major_faults=process.major_faults if process else 0,
        disk_bytes=process.disk_bytes if process else 0,
        cache_bytes=brokered.kept_bytes if brokered else 0,
        network_bytes=brokered.source_bytes if brokered else 0,
        requests=brokered.requests if brokered else 0,
    )
