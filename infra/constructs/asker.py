"""The asker: symbols that crashes wait for, or miss most, are asked for again."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk.aws_lambda import IFunction, ILayerVersion
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.schedule import run_every
from infra.constructs.stored import Stored
from infra.constructs.symbol_queue import SymbolQueue
from infra.settings import Settings
from moonwalk.contracts import environment

EVERY = Duration.minutes(15)
"""A need is given up for as long after its last try."""
MEMORY_MIB = 512
"""It reads the counts of some ten thousand modules."""


class Asker(Construct):
    """A function and its schedule."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        layers: Sequence[ILayerVersion],
        stored: Stored,
        symbols: SymbolQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function: IFunction = PipelineFunction(
            self,
            "Asker",
            package="asker",
            description="Asks again for symbols that crashes wait for, or that they miss most.",
            settings=settings,
            layers=layers,
            environment={
                **environments.asking_again(settings, stored),
                environment.SYMBOL_QUEUE_URL: symbols.queue.queue_url,
            },
            permissions=[
                *permissions.read_packs(stored.symbols),
                permissions.keep_needs(stored.ledger),
                permissions.settle_misses(stored.misses),
                permissions.send([symbols.queue]),
            ],
            seconds=settings.asker_seconds,
            memory_mib=MEMORY_MIB,
        ).function
        permissions.acknowledge_packs(self, stored.symbols)
        run_every(self, EVERY, self.function)
