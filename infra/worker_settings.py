"""Settings of the heavy lane's workers: what they run on, how large one is, and how many there are.

They are settings of a deployment like all others, see `infra.settings`.
"""

from dataclasses import dataclass

from infra.settings_rules import one_of, switch, text, texts, whole

FARGATE, SPOT, MANAGED_INSTANCES = "fargate", "spot", "managed-instances"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """What workers are."""

    worker_capacity: str = one_of(FARGATE, SPOT, MANAGED_INSTANCES)
    """What workers run on (docs/adr/0011). Packs make a walk read so little that Fargate's network
    disk is enough; `spot` is Fargate too, most of it for a third of the price and called back with
    two minutes' notice; `managed-instances` have local NVMe and need a network of yours."""
    worker_on_demand: int = whole(1, 0, 1000)
    """With `spot`: so many workers are none. One: fresh crashes go on when all Spot is called back.
    """
    worker_spot_percent: int = whole(75, 1, 100)
    """With `spot`: of the workers beyond those. Not all, as Spot may be unavailable for hours."""
    worker_base: str = text(
        "python:3.13-slim",
        r"[a-z0-9][a-z0-9._:/-]*(@sha256:[0-9a-f]{64})?",
        "an image with Python 3.13, best with its digest",
    )
    """What the workers' image is built on. A tag moves, and brings repairs; a digest does not."""
    vpc_id: str = text("", r"|vpc-[0-9a-f]+", "a VPC's id, or empty")
    """Empty: the workers get a VPC of their own."""
    vpc_subnets: tuple[str, ...] = texts(r"subnet-[0-9a-f]+", "a list of subnet ids")
    """Where workers run in a given VPC."""
    vpc_public_ip: bool = switch(default=True)
    """Whether workers in a given VPC need public addresses to reach AWS (no NAT, no endpoints)."""

    worker_cpu: int = one_of(4096, 256, 512, 1024, 2048, 8192, 16384)
    """4 vCPU, 1,024 units each: also what lifts Fargate's disk to 120 MiB/s."""
    worker_memory_mib: int = whole(17408, 512, 122880)
    """The slots' walks, the one text that is packed beside them, and the worker itself."""
    worker_slots: int = whole(2, 1, 64)
    """Crashes at the same time in one worker: two CPUs each. Packing is beside them."""
    worker_priority_slots: int = whole(0, 0, 63)
    """Slots that crashes with priority alone may have. None: they are taken first, and most other
    walks end in seconds."""
    worker_fresh_slots: int = whole(1, 0, 63)
    """Slots that reprocessing leaves to fresh crashes, which could else wait until a bulk one's
    walk is killed (`heavy_kill_seconds`). The price: bulk alone needs twice the workers. One with
    one slot has none to leave: 0."""
    worker_slot_memory_mib: int = whole(3584, 1, 122880)
    """Must be free before a worker takes more: one walk at its limit. Both walks of a crash at
    theirs have room by `worker_memory_mib`; that not even one has means that memory is lost."""
    worker_slot_scratch_mib: int = whole(8192, 1, 204800)
    """Must be free before a worker takes more: the dumps of a crash, twice the largest seen."""
    worker_drain_seconds: int = whole(100, 1, 110)
    """Until a worker that is told to stop gives back what it could not finish; Fargate kills it,
    and takes Spot's capacity away, after 120."""
    worker_scratch_gib: int = whole(64, 21, 200)
    """The dumps being walked, the packs that are kept, and the one text that is packed."""
    worker_packs_gib: int = whole(30, 1, 180)
    """Packs that a worker keeps: all that a few builds' crashes read."""
    worker_stall_seconds: int = whole(2700, 60, 43200)
    """A worker with crashes in hand of which no walk ends for so long is replaced: a quarter of an
    hour after the last of them should have been killed."""
    worker_probe_seconds: int = whole(3, 0, 60)
    """Measuring the disk before the first crash: little beside the minute that a container takes
    to start. 0: it is not measured."""

    worker_count: int = whole(0, 0, 1000)
    """Workers that always run. None: most deployments have hours without a heavy crash, and the
    first one then waits a minute for a worker to start. One costs $178 a month."""
    worker_most: int = whole(20, 1, 1000)
    """Workers at most: 240 crashes a minute, more than 15 of the incident's machines did in health.
    New accounts may have to ask for the 80 vCPU."""
    worker_crash_seconds: int = whole(10, 1, 3600)
    """What a crash takes in a slot, for reckoning lag from backlog: 6 s of walking, as in the
    incident's good days, and 4 s to fetch a large dump, to apply rules and to save."""
    worker_lag_seconds: int = whole(60, 10, 86400)
    """From which lag on workers are added: what 99 % of fresh crashes are to be done within."""
    worker_bulk_lag_seconds: int = whole(3600, 10, 604800)
    """The same for reprocessing: nobody waits, but whoever asked looks at it the same day."""
    worker_out_seconds: int = whole(180, 60, 3600)
    """Between two additions, unless the lag calls for a larger one: a worker starts within a
    minute, and metrics show its work two minutes later."""
    worker_idle_minutes: int = whole(10, 3, 120)
    """For so long work must be too little for all workers until some go: a burst has echoes, and a
    new worker begins with an empty cache."""
    worker_in_seconds: int = whole(300, 60, 3600)
    """Between two removals: the next is judged by what the last has left."""
