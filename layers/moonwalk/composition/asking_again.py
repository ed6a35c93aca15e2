"""The asker's parts."""

from dataclasses import dataclass

from moonwalk.adapters import aws
from moonwalk.adapters.arrival_items import DynamoArrivals
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.adapters.missed_module_items import DynamoMissedModules
from moonwalk.composition.asking import ask_once, pack_store
from moonwalk.composition.missing import table
from moonwalk.domain.symbol_sources import SourceKind
from moonwalk.miss_environment import Asker
from moonwalk.usecases.ask_again import AskAgain


@dataclass(frozen=True, slots=True)
class AskingAgain:
    """The use case, and what its entry point does around it."""

    ask_again: AskAgain
    metrics: EmfMetrics


def compose(environment: Asker) -> AskingAgain:
    """Put the asker together."""
    misses, metrics = table(environment.account), EmfMetrics()
    store = pack_store(aws.s3(), environment.symbol_bucket)
    scopes = dict(environment.sources.scopes)
    ask = {
        scope: ask_once(
            scope, sources, environment.ledger_table, environment.queue_url, store, metrics
        )
        for scope, sources in scopes.items()
        if sources
    }
    from_servers = {
        scope
        for scope, sources in scopes.items()
        if any(source.kind is SourceKind.HTTP for source in sources)
    }
    ask_again = AskAgain(
        ask=ask,
        modules=DynamoMissedModules(misses),
        arrivals=DynamoArrivals(misses),
        clock=SystemClock(),
        pre_pack=frozenset(from_servers),
        pre_packed=environment.pre_packed,
        after=environment.account.after_seconds,
        seconds=environment.round_seconds,
    )
    return AskingAgain(ask_again, metrics)
