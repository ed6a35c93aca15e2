"""The parts of asking for symbols that a walk was without."""

from time import sleep
from typing import TYPE_CHECKING

from moonwalk.adapters import aws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.need_items import DynamoSymbolNeeds
from moonwalk.adapters.source_items import DynamoSymbolMemory
from moonwalk.adapters.symbol_queue import SqsSymbolQueue
from moonwalk.adapters.symbol_store import S3SymbolStore
from moonwalk.domain.symbols import DEFAULT_SCOPE
from moonwalk.environment import Processing
from moonwalk.usecases.symbol_needs import AskForSymbols

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def compose(environment: Processing, s3: "S3Client", metrics: EmfMetrics) -> AskForSymbols | None:
    """Put the asking together; there is none without sources."""
    asking = environment.asking
    sources = asking.sources.of(DEFAULT_SCOPE)
    if not sources:
        return None
    dynamodb, table = aws.dynamodb(), environment.common.ledger_table
    return AskForSymbols(
        scope=DEFAULT_SCOPE,
        sources=frozenset(source.name for source in sources),
        needs=DynamoSymbolNeeds(dynamodb, table),
        memory=DynamoSymbolMemory(dynamodb, table, DEFAULT_SCOPE),
        requests=SqsSymbolQueue(aws.sqs(), asking.queue_url),
        # It looks whether packs are there, and fetches nothing.
        store=S3SymbolStore(s3, environment.symbol_bucket, max_upload_bytes=0),
        clock=SystemClock(),
        metrics=metrics,
        sleep=sleep,
        budget=asking.wait_seconds,
        all_stacks=asking.all_stacks,
    )
