"""How the settings of workers must fit each other, and what Fargate and machines can be."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.worker_settings import MANAGED_INSTANCES

if TYPE_CHECKING:
    from infra.settings import Settings

PARENT_MIB = 512
"""What the process around a walk needs for itself."""
FARGATE_MEMORY_MIB = {
    256: (1024, 2048),
    512: (1024, 4096),
    1024: (2048, 8192),
    2048: (4096, 16384),
    4096: (8192, 30720),
    8192: (16384, 61440),
    16384: (32768, 122880),
}
"""Least and most memory for each number of CPU units (Amazon ECS Developer Guide, task size)."""


def broken_worker_relations(settings: "Settings") -> Iterator[str]:
    """Say what does not fit, with names and values."""
    yield from _numbers(settings)
    yield from _network(settings)
    yield from _disk(settings)
    yield from _size(settings)
    yield from _slots(settings)
    yield from memory_for_walks(
        settings,
        "worker_memory_mib",
        "heavy_walk_memory_mib",
        crashes=settings.worker_slots,
        beside="heavy_pack_memory_mib",
    )


def memory_for_walks(
    settings: "Settings", whole: str, part: str, *, crashes: int, beside: str = ""
) -> Iterator[str]:
    """Say when a function or a worker cannot hold what it does at the same time.

    That is the walks of so many crashes and, in a worker, `beside` them one packer.
    """
    walks = crashes * settings.walks_at_once
    other = getattr(settings, beside) if beside else 0
    needed = walks * getattr(settings, part) + other + settings.packs_memory_mib + PARENT_MIB
    if needed > getattr(settings, whole):
        named = f"{beside} ({other}), " if beside else ""
        yield (
            f"the setting {whole} ({getattr(settings, whole)}) must hold {walks} walks of {part} "
            f"({getattr(settings, part)}), {named}packs_memory_mib ({settings.packs_memory_mib}) "
            f"and {PARENT_MIB} more, that is {needed}"
        )


def _numbers(settings: "Settings") -> Iterator[str]:
    for fewer in ("worker_count", "worker_on_demand"):
        if getattr(settings, fewer) > settings.worker_most:
            yield (
                f"the setting {fewer} ({getattr(settings, fewer)}) must be at most worker_most "
                f"({settings.worker_most})"
            )
    if settings.worker_lag_seconds > settings.worker_bulk_lag_seconds:
        yield (
            f"the setting worker_lag_seconds ({settings.worker_lag_seconds}) must be at most "
            f"worker_bulk_lag_seconds ({settings.worker_bulk_lag_seconds})"
        )
    if settings.worker_crash_seconds >= settings.worker_lag_seconds:
        yield (
            f"the setting worker_crash_seconds ({settings.worker_crash_seconds}) must be below "
            f"worker_lag_seconds ({settings.worker_lag_seconds}), or a worker that is merely busy "
            "calls for another"
        )


def _network(settings: "Settings") -> Iterator[str]:
    if bool(settings.vpc_id) != bool(settings.vpc_subnets):
        yield "the settings vpc_id and vpc_subnets must be given together or not at all"
    if settings.worker_capacity != MANAGED_INSTANCES:
        return
    if not settings.vpc_id or settings.vpc_public_ip:
        yield (
            f"the setting worker_capacity ({MANAGED_INSTANCES}) needs vpc_id, vpc_subnets and "
            "vpc_public_ip false: such workers have no public address, so give subnets that reach "
            "AWS by a NAT gateway or endpoints"
        )


def _disk(settings: "Settings") -> Iterator[str]:
    slots = settings.worker_slots * settings.worker_slot_scratch_mib
    beside = -(-(2 * settings.heavy_symbol_text_mib + slots) // 1024)
    if settings.worker_packs_gib + beside > settings.worker_scratch_gib:
        yield (
            f"the setting worker_scratch_gib ({settings.worker_scratch_gib}) must hold "
            f"worker_packs_gib ({settings.worker_packs_gib}), twice heavy_symbol_text_mib and "
            f"worker_slot_scratch_mib for each of worker_slots ({beside} GiB)"
        )


def _size(settings: "Settings") -> Iterator[str]:
    least, most = FARGATE_MEMORY_MIB[settings.worker_cpu]
    if not least <= settings.worker_memory_mib <= most or settings.worker_memory_mib % 1024:
        yield (
            f"the setting worker_memory_mib ({settings.worker_memory_mib}) must be whole GiB from "
            f"{least} to {most} for worker_cpu {settings.worker_cpu}"
        )


def _slots(settings: "Settings") -> Iterator[str]:
    for kept in ("worker_priority_slots", "worker_fresh_slots"):
        if getattr(settings, kept) >= settings.worker_slots:
            yield (
                f"the setting {kept} ({getattr(settings, kept)}) must be below worker_slots "
                f"({settings.worker_slots})"
            )
    crash = settings.walks_at_once * settings.heavy_walk_memory_mib
    if settings.worker_slot_memory_mib > crash:
        yield (
            f"the setting worker_slot_memory_mib ({settings.worker_slot_memory_mib}) must be at "
            f"most what a crash may use, walks_at_once times heavy_walk_memory_mib ({crash}), or "
            "workers that are at their limits seem to be short of memory"
        )
