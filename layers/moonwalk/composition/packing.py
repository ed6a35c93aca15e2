"""The packer's parts."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from moonwalk.adapters import aws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.packer import PackerProcess, PackLimits
from moonwalk.adapters.scratch import FolderScratch
from moonwalk.adapters.symbol_queue import SqsSymbolDeadLetters, SqsSymbolQueue
from moonwalk.adapters.symbol_store import S3SymbolStore
from moonwalk.symbol_environment import Packer
from moonwalk.usecases.pack_symbols import PackSymbols


@dataclass(frozen=True, slots=True)
class Packing:
    """The use case, and what its entry point does around it."""

    pack_symbols: PackSymbols
    queue: SqsSymbolQueue
    metrics: EmfMetrics


def compose(environment: Packer) -> Packing:
    """Put the packer together."""
    sqs, metrics = aws.sqs(), EmfMetrics()
    limits = PackLimits(
        wall_seconds=environment.pack_seconds,
        memory_bytes=environment.pack_memory_bytes,
        text_bytes=environment.text_bytes,
    )
    pack_symbols = PackSymbols(
        store=S3SymbolStore(aws.s3(), environment.symbol_bucket, environment.upload_bytes),
        packer=PackerProcess(limits),
        dead_letters=SqsSymbolDeadLetters(sqs, environment.dead_letter_queue_url),
        scratch=FolderScratch(Path(tempfile.gettempdir()) / "moonwalk"),
        clock=SystemClock(),
        metrics=metrics,
        max_tries=environment.max_tries,
    )
    return Packing(pack_symbols, SqsSymbolQueue(sqs, environment.queue_url), metrics)
