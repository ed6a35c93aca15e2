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
from moonwalk.knob_ports import Knobs
from moonwalk.symbol_environment import Packer
from moonwalk.usecases.leases import Leases
from moonwalk.usecases.meet_need import MeetNeed
from moonwalk.usecases.need_ends import SourcesFailed
from moonwalk.usecases.pack_from_sources import PackFromSources
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


@dataclass(frozen=True, slots=True)
class _Parts:
    """What uploads and needs are packed with alike."""

    store: S3SymbolStore
    packer: PackerProcess
    scratch: FolderScratch
    metrics: EmfMetrics
    needs: DynamoSymbolNeeds
    leases: Leases
    arrived: SymbolArrival
    heavy: WakingPacking | None


def compose(environment: Packer, *, hands_on: bool) -> Packing:
    """Put a packer together; one that hands on what is too large for it, or one that takes that."""
    sqs, metrics = aws.sqs(), EmfMetrics()
    knobs = turning.knobs(environment.knobs, metrics)
    heavy = _heavy(environment, sqs, metrics) if hands_on else None
    parts = _parts(environment, metrics, heavy)
    pack_symbols = PackSymbols(
        store=parts.store,
        packer=parts.packer,
        dead_letters=SqsSymbolDeadLetters(sqs, environment.dead_letter_queue_url),
        meet_need=_meet_need(environment, parts, knobs),
        arrived=parts.arrived,
        scratch=parts.scratch,
        clock=SystemClock(),
        metrics=metrics,
        max_tries=environment.max_tries,
        heavy=heavy,
        # A worker takes nothing from a paused queue in the first place.
        is_paused=lambda: hands_on and knobs.now().is_paused(KnobQueue.SYMBOLS),
    )
    queue = SqsSymbolQueue(sqs, environment.queue_url)
    return Packing(pack_symbols, parts.leases, queue, metrics)


def _parts(environment: Packer, metrics: EmfMetrics, heavy: WakingPacking | None) -> _Parts:
    limits = PackLimits(
        wall_seconds=environment.pack_seconds,
        memory_bytes=environment.pack_memory_bytes,
        text_bytes=environment.text_bytes,
    )
    dynamodb, table = aws.dynamodb(), environment.ledger_table
    needs = DynamoSymbolNeeds(dynamodb, table)
    return _Parts(
        store=S3SymbolStore(aws.s3(), environment.symbol_bucket, environment.upload_bytes),
        packer=PackerProcess(limits),
        scratch=FolderScratch(Path(tempfile.gettempdir()) / "moonwalk"),
        metrics=metrics,
        needs=needs,
        leases=Leases(needs, SystemClock(), environment.lease_seconds),
        arrived=SymbolArrival(
            memories(environment.sources, dynamodb, table),
            needs,
            DynamoArrivals(missing.table(environment.account)),
            SystemClock(),
            environment.account.after_seconds,
        ),
        heavy=heavy,
    )


def _meet_need(environment: Packer, parts: _Parts, knobs: Knobs) -> MeetNeed:
    dynamodb, table = aws.dynamodb(), environment.ledger_table
    rules = MemoryRules(absent=environment.absent_seconds, too_large=parts.heavy is None)
    failed = SourcesFailed(
        needs=parts.needs,
        leases=parts.leases,
        metrics=parts.metrics,
        max_tries=environment.max_tries,
    )
    return MeetNeed(
        searches=searches(
            environment.sources,
            dynamodb,
            table,
            _fetching(environment),
            rules,
            lambda name: knobs.now().is_off(name),
        ),
        needs=parts.needs,
        told=DynamoToldPlaces(dynamodb, table, SystemClock()),
        arrived=parts.arrived,
        store=parts.store,
        metrics=parts.metrics,
        leases=parts.leases,
        pack=_from_sources(parts, failed),
        failed=failed,
    )


def _from_sources(parts: _Parts, failed: SourcesFailed) -> PackFromSources:
    return PackFromSources(
        arrived=parts.arrived,
        store=parts.store,
        packer=parts.packer,
        scratch=parts.scratch,
        clock=SystemClock(),
        metrics=parts.metrics,
        leases=parts.leases,
        failed=failed,
        heavy=parts.heavy,
    )


def _heavy(environment: Packer, sqs: "SQSClient", metrics: EmfMetrics) -> WakingPacking:
    wake = common.waking(environment.workers, SystemClock(), metrics)
    return WakingPacking(SqsSymbolQueue(sqs, environment.heavy_queue_url), wake)


def _fetching(environment: Packer) -> Limits:
    return Limits(
        stored_bytes=environment.upload_bytes,
        text_bytes=environment.text_bytes,
        seconds=environment.fetch_seconds,
    )
