"""The walker: walks a crash, applies the rules and saves the result, in the light lane."""

from collections.abc import Mapping, Sequence

from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_lambda import IFunction, ILayerVersion
from constructs import Construct

from infra.constructs import environments, permissions
from infra.constructs.function import PipelineFunction
from infra.constructs.knob_panel import knob_environment, read_knobs
from infra.constructs.lane_queues import IntakeQueues
from infra.constructs.rule_permissions import acknowledge_rules, rule_permissions
from infra.constructs.stored import Stored
from infra.constructs.symbol_queue import SymbolQueue
from infra.settings import Settings
from moonwalk.contracts import environment
from moonwalk.domain import prices
from moonwalk.domain.request import QueueClass


def walking_permissions(
    settings: Settings, stored: Stored, intake: IntakeQueues, symbols: SymbolQueue
) -> list[PolicyStatement]:
    """List what a part that walks crashes may do, whichever lane it is in."""
    return [
        *permissions.read_crashes(stored.bucket),
        *permissions.read_packs(stored.symbols),
        *rule_permissions(settings, stored),
        permissions.publish_crashes(stored.bucket),
        permissions.keep_ledger(stored.ledger),
        permissions.tell(stored.bus),
        permissions.keep_needs(stored.ledger),
        permissions.record_misses(stored.misses),
        permissions.send(
            [
                intake.queues[QueueClass.REPROCESSING],
                *intake.dead_letters.values(),
                symbols.queue,
            ]
        ),
    ]


def asking_environment(intake: IntakeQueues, symbols: SymbolQueue) -> dict[str, str]:
    """Tell a part that walks crashes where it asks: for symbols, and for a crash again."""
    again = QueueClass.REPROCESSING
    url = intake.queues[again].queue_url
    return {
        environment.queue_url(again): url,
        environment.SYMBOL_QUEUE_URL: symbols.queue.queue_url,
        **intake.dead_letter_urls,
    }


class Walker(Construct):
    """The one function with the stackwalker's layer."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        layers: Sequence[ILayerVersion],
        stored: Stored,
        intake: IntakeQueues,
        symbols: Mapping[str, str],
        symbol_queue: SymbolQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function: IFunction = PipelineFunction(
            self,
            "Walker",
            package="walker",
            description="Walks the minidumps of a crash and publishes the processed crash.",
            settings=settings,
            layers=layers,
            environment={
                **knob_environment(settings),
                **environments.walking(
                    settings,
                    stored,
                    symbols=symbols,
                    memory_mib=settings.light_walk_memory_mib,
                    disk_mib=settings.walker_packs_mib,
                    second_dollars=prices.light_second(
                        settings.architecture,
                        settings.walker_memory_mib,
                        settings.dispatcher_memory_mib,
                    ),
                ),
                **asking_environment(intake, symbol_queue),
            },
            permissions=[
                read_knobs(self, settings),
                *walking_permissions(settings, stored, intake, symbol_queue),
            ],
            seconds=settings.walker_seconds,
            memory_mib=settings.walker_memory_mib,
            tmp_mib=settings.walker_tmp_mib,
        ).function
        permissions.acknowledge_crashes(self, stored.bucket, publishes=True)
        permissions.acknowledge_packs(self, stored.symbols)
        acknowledge_rules(self, settings, stored)
