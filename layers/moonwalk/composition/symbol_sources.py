"""The search for symbols in each scope that has sources, with what the deployment knows of them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from moonwalk.adapters import aws
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.source_items import DynamoSourceHealth, DynamoSymbolMemory
from moonwalk.adapters.sources.bucket import BucketSource
from moonwalk.adapters.sources.folder import FolderSource
from moonwalk.adapters.sources.limits import Limits
from moonwalk.adapters.sources.symbol_server import SymbolServer
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.symbol_memory import MemoryRules
from moonwalk.domain.symbol_sources import Source, SourceKind
from moonwalk.ports import SymbolSource
from moonwalk.usecases.find_symbols import FindSymbols

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def memories(
    sources: SymbolSources, client: "DynamoDBClient", table: str
) -> Mapping[str, DynamoSymbolMemory]:
    """Give the memory of each scope that has sources."""
    return {
        scope: DynamoSymbolMemory(client, table, scope)
        for scope, listed in sources.scopes
        if listed
    }


def searches(  # noqa: PLR0913, PLR0917 - all that a search takes, once a process
    sources: SymbolSources,
    client: "DynamoDBClient",
    table: str,
    limits: Limits,
    rules: MemoryRules,
    is_off: Callable[[str], bool],
) -> Mapping[str, FindSymbols]:
    """Give the search of each scope that has sources."""
    clock = SystemClock()
    return {
        scope: FindSymbols(
            sources=[_source(each, limits) for each in sources.of(scope)],
            health=DynamoSourceHealth(client, table, clock),
            memory=memory,
            clock=clock,
            memory_rules=rules,
            is_off=is_off,
        )
        for scope, memory in memories(sources, client, table).items()
    }


def _source(source: Source, limits: Limits) -> SymbolSource:
    match source.kind:
        case SourceKind.HTTP:
            return SymbolServer(source, limits)
        case SourceKind.S3:
            return BucketSource(source, aws.s3(), limits)
        case SourceKind.FOLDER:
            return FolderSource(source, limits)
