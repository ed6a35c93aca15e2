"""The parts of those who pack symbols: the packer function, and the heavy lane's workers."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonwalk.adapters import aws
from moonwalk.adapters.arrival_items import DynamoArrivals
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.need_items import DynamoSymbolNeeds
from moonwalk.adapters.packer import PackerProcess, PackLimits
from moonwalk.adapters.scratch import FolderScratch
from moonwalk.adapters.sources.limits import Limits
from moonwalk.adapters.symbol_queue import SqsSymbolDeadLetters, SqsSymbolQueue
from moonwalk.adapters.symbol_store import S3SymbolStore
from moonwalk.adapters.told_items import DynamoToldPlaces
from moonwalk.composition import common, missing, turning
from moonwalk.composition.symbol_sources import memories, searches
from moonwalk.domain.knobs import KnobQueue
from moonwalk.domain.symbol_memory import MemoryRules
from moonwalk.symbol_environment import Packer
from moonwalk.usecases.leases import Leases
from moonwalk.usecases.meet_need import MeetNeed
from moonwalk.usecases.pack_symbols import PackSymbols
from moonwalk.usecases.symbol_arrival import SymbolArrival
from moonwalk.usecases.wake_workers import WakingPacking

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Packing:
    """The use case, and what its entry point does around it."""

    pack_symbols: PackSymbols
    leases: Leases
    queue: SqsSymbolQueue
    metrics: EmfMetrics


def compose(environment: Packer, *, hands_on: bool) -> Packing:
    """Put a packer together; one that hands on what is too large for it, or one that takes that."""
    sqs, metrics = aws.sqs(), EmfMetrics()
    knobs = turning.knobs(environment.knobs, metrics)
    heavy = _heavy(environment, sqs, metrics) if hands_on else None
    limits = PackLimits(
        wall_seconds=environment.pack_seconds,
        memory_bytes=environment.pack_memory_bytes,
        text_bytes=environment.text_bytes,
    )
    store = S3SymbolStore(aws.s3(), environment.symbol_bucket, environment.upload_bytes)
    scratch = FolderScratch(Path(tempfile.gettempdir()) / "moonwalk")
    dynamodb, table = aws.dynamodb(), environment.ledger_table
    needs = DynamoSymbolNeeds(dynamodb, table)
    leases = Leases(needs, SystemClock(), environment.lease_seconds)
    arrived = SymbolArrival(
        memories(environment.sources, dynamodb, table),
        needs,
        DynamoArrivals(missing.table(environment.account)),
        SystemClock(),
        environment.account.after_seconds,
    )
    meet_need = MeetNeed(
        searches=searches(
            environment.sources,
            dynamodb,
            table,
            _fetching(environment),
            MemoryRules(absent=environment.absent_seconds, too_large=heavy is None),
            lambda name: knobs.now().is_off(name),
        ),
        needs=needs,
        told=DynamoToldPlaces(dynamodb, table, SystemClock()),
        arrived=arrived,
        store=store,
        packer=PackerProcess(limits),
        scratch=scratch,
        clock=SystemClock(),
        metrics=metrics,
        leases=leases,
        max_tries=environment.max_tries,
        heavy=heavy,
    )
    pack_symbols = PackSymbols(
        store=store,
        packer=PackerProcess(limits),
        dead_letters=SqsSymbolDeadLetters(sqs, environment.dead_letter_queue_url),
        meet_need=meet_need,
        arrived=arrived,
        scratch=scratch,
        clock=SystemClock(),
        metrics=metrics,
        max_tries=environment.max_tries,
        heavy=heavy,
        # A worker takes nothing from a paused queue in the first place.
        is_paused=lambda: hands_on and knobs.now().is_paused(KnobQueue.SYMBOLS),
    )
    return Packing(pack_symbols, leases, SqsSymbolQueue(sqs, environment.queue_url), metrics)


def _heavy(environment: Packer, sqs: "SQSClient", metrics: EmfMetrics) -> WakingPacking:
    wake = common.waking(environment.workers, SystemClock(), metrics)
    return WakingPacking(SqsSymbolQueue(sqs, environment.heavy_queue_url), wake)


def _fetching(environment: Packer) -> Limits:
    return Limits(
        stored_bytes=environment.upload_bytes,
        text_bytes=environment.text_bytes,
        seconds=environment.fetch_seconds,
    )
