"""What processes of a worker are, and what they do."""

from enum import StrEnum


class ProcessKind(StrEnum):
    """Which program a process is."""

    WORKER = "worker"
    BROKER = "broker"
    STACKWALKER = "stackwalker"
    PACKER = "packer"
    OTHER = "other"


class ProcessStatus(StrEnum):
    """What a process does; the names are psutil's, which Socorro's operators know."""

    RUNNING = "running"
    SLEEPING = "sleeping"
    DISK_SLEEP = "disk-sleep"
    ZOMBIE = "zombie"
    STOPPED = "stopped"
    OTHER = "other"
