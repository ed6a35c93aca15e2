"""The parts of asking for symbols that a walk was without."""

from collections.abc import Iterable, Mapping
from time import sleep
from typing import TYPE_CHECKING

from moonwalk.adapters import aws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.need_items import DynamoSymbolNeeds
from moonwalk.adapters.source_items import DynamoSymbolMemory
from moonwalk.adapters.symbol_queue import SqsSymbolQueue
from moonwalk.adapters.symbol_store import S3SymbolStore
from moonwalk.adapters.told_items import DynamoToldPlaces
from moonwalk.domain.symbol_sources import Source
from moonwalk.environment import Processing
from moonwalk.usecases.symbol_needs import AskForSymbols
from moonwalk.usecases.symbol_standing import AskOnce

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def compose(
    environment: Processing, s3: "S3Client", metrics: EmfMetrics, longest: float
) -> Mapping[str, AskForSymbols]:
    """Put the asking of each scope together; there is none where a scope has no sources.

    Args:
        environment: of the part that walks.
        s3: its client.
        metrics: where it measures.
        longest: seconds that a walk may take at the most, however its knob is turned.
    """
    sources = environment.asking.sources
    scopes = [scope for scope in environment.symbol_scopes.names if sources.of(scope)]
    return {scope: _ask_for(scope, environment, s3, metrics, longest) for scope in scopes}


def _ask_for(
    scope: str, environment: Processing, s3: "S3Client", metrics: EmfMetrics, longest: float
) -> AskForSymbols:
    asking = environment.asking
    store = pack_store(s3, environment.symbol_bucket)
    table, queue_url = environment.common.ledger_table, asking.queue_url
    ask = ask_once(scope, asking.sources.of(scope), table, queue_url, store, metrics)
    return AskForSymbols(
        ask=ask,
        clock=SystemClock(),
        metrics=metrics,
        sleep=sleep,
        budget=asking.wait_seconds,
        kill_seconds=longest,
        walks_at_once=environment.walks_at_once,
        all_stacks=asking.all_stacks,
    )


def ask_once(  # noqa: PLR0913, PLR0917 - a scope, and all that it takes to ask for it
    scope: str,
    sources: Iterable[Source],
    table: str,
    queue_url: str,
    store: S3SymbolStore,
    metrics: EmfMetrics,
) -> AskOnce:
    """Put the asking for the symbols of a scope together; `table` is the ledger's."""
    dynamodb = aws.dynamodb()
    return AskOnce(
        scope=scope,
        sources=frozenset(source.name for source in sources),
        needs=DynamoSymbolNeeds(dynamodb, table),
        told=DynamoToldPlaces(dynamodb, table, SystemClock()),
        memory=DynamoSymbolMemory(dynamodb, table, scope),
        requests=SqsSymbolQueue(aws.sqs(), queue_url),
        store=store,
        clock=SystemClock(),
        metrics=metrics,
    )


def pack_store(s3: "S3Client", bucket: str) -> S3SymbolStore:
    """Give the store of packs to those who look whether one is there, and fetch nothing."""
    return S3SymbolStore(s3, bucket, max_upload_bytes=0)
