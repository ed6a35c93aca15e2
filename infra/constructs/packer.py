"""The packer: makes packs of uploaded symbol files, and of those that sources have."""

from collections.abc import Sequence

from aws_cdk.aws_lambda import IFunction, ILayerVersion
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.stored import Stored
from infra.constructs.symbol_queue import SymbolQueue
from infra.settings import Settings

BATCH = 1
"""A giant may take minutes; nothing waits behind it in the same invocation."""


class Packer(Construct):
    """A function with the packer's layer, and how fast it takes from the symbol queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        layers: Sequence[ILayerVersion],
        stored: Stored,
        uploads: SymbolQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function: IFunction = PipelineFunction(
            self,
            "Packer",
            package="packer",
            description="Packs symbol files, uploaded or fetched from sources.",
            settings=settings,
            layers=layers,
            environment={**environments.packing(settings, stored), **uploads.urls},
            permissions=[
                *permissions.pack_symbols(stored.symbols),
                permissions.keep_needs(stored.ledger),
                permissions.tell_news(stored.misses),
                *permissions.read_sources(settings.symbol_sources),
                permissions.send([uploads.dead_letters]),
            ],
            seconds=settings.packer_seconds,
            memory_mib=settings.packer_memory_mib,
            tmp_mib=settings.packer_tmp_mib,
        ).function
        permissions.acknowledge_symbols(self, stored.symbols)
        permissions.acknowledge_sources(self, settings.symbol_sources)
        source = SqsEventSource(
            uploads.queue,
            batch_size=BATCH,
            max_concurrency=settings.packer_concurrency,
            report_batch_item_failures=True,
        )
        self.function.add_event_source(source)
