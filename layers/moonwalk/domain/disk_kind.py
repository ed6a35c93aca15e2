"""Which kind a disk is: by what it says of itself, else by how it behaves."""

from enum import StrEnum

INSTANCE_STORE = "Instance Storage"
"""In the model of a disk that is in the machine (Amazon EC2 User Guide, NVMe instance store)."""
BLOCK_STORE = "Elastic Block Store"
"""In the model of a volume behind the network, which shows as an NVMe disk, too."""
IN_MEMORY = frozenset({"tmpfs", "ramfs"})

NETWORK_BYTES_PER_SECOND = 500 * 1024 * 1024
"""More than a Fargate task's disk gives: 75 MiB/s with 2 vCPU, 120 with 4, 250 with 8, 500 with 16
(AWS Fargate, EBS limits by task size, which its own storage shares)."""
LOCAL_LATENCY_SECONDS = 0.0003
"""Of one small read: a flash disk in the machine answers in about 0.1 ms, and what is behind a
network in 0.5 ms at best (AWS promises single-digit milliseconds for EBS)."""


class DiskKind(StrEnum):
    """What packs are kept on; bounded, as it becomes a dimension."""

    NVME = "nvme"
    """In the machine, or as fast as if it were."""
    NETWORK = "network"
    """Behind a network, or as slow as if it were: it has limits, and perhaps a credit that ends."""
    MEMORY = "memory"
    """No disk at all, or one of which only the page cache was seen."""


def kind_of(
    *, file_system: str, model: str, direct: bool, sequential: float, latency: float
) -> DiskKind:
    """Name a disk.

    Args:
        file_system: on it.
        model: what it says of itself; may be empty.
        direct: whether it was measured past the page cache.
        sequential: bytes read in a second, in order.
        latency: of one small read, in seconds.
    """
    if file_system in IN_MEMORY or not direct:
        return DiskKind.MEMORY
    if INSTANCE_STORE in model:
        return DiskKind.NVME
    if BLOCK_STORE in model:
        return DiskKind.NETWORK
    fast = sequential > NETWORK_BYTES_PER_SECOND and latency < LOCAL_LATENCY_SECONDS
    return DiskKind.NVME if fast else DiskKind.NETWORK
