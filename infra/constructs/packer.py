"""The packer: makes packs of uploaded symbol files, and of those that sources have."""

from collections.abc import Sequence

from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_lambda import IFunction, ILayerVersion
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.knob_panel import knob_environment, read_knobs
from infra.constructs.stored import Stored
from infra.constructs.symbol_queue import SymbolQueue
from infra.constructs.worker_permissions import wake_workers
from infra.settings import Settings

BATCH = 1
"""A giant may take minutes; nothing waits behind it in the same invocation."""


def packing_permissions(settings: Settings, stored: Stored) -> list[PolicyStatement]:
    """List what whoever packs may do with symbols, wherever that is."""
    return [
        *permissions.pack_symbols(stored.symbols),
        *permissions.read_sources(settings.symbol_sources),
    ]


def acknowledge_packing(construct: Construct, settings: Settings, stored: Stored) -> None:
    """Accept what of that is wider than a name."""
    permissions.acknowledge_symbols(construct, stored.symbols)
    permissions.acknowledge_sources(construct, settings.symbol_sources)


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
            environment={
                **knob_environment(settings),
                **environments.packing(settings, stored, settings.packing),
                **uploads.urls,
            },
            permissions=[
                read_knobs(self, settings),
                *packing_permissions(settings, stored),
                permissions.keep_needs(stored.ledger),
                permissions.tell_news(stored.misses),
                permissions.send([uploads.dead_letters, uploads.heavy_queue]),
                wake_workers(settings),
            ],
            seconds=settings.packer_seconds,
            memory_mib=settings.packer_memory_mib,
            tmp_mib=settings.packer_tmp_mib,
        ).function
        acknowledge_packing(self, settings, stored)
        self.source = SqsEventSource(
            uploads.queue,
            batch_size=BATCH,
            max_concurrency=settings.packer_concurrency,
            report_batch_item_failures=True,
        )
        self.function.add_event_source(self.source)
