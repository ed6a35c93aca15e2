"""The pipeline: queues, functions and workflows, none of which holds anything for long."""

from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk.aws_lambda import Function, IFunction
from constructs import Construct

from infra.assets import Assets
from infra.constructs.asker import Asker
from infra.constructs.dispatcher import Dispatcher
from infra.constructs.environments import symbol_sources
from infra.constructs.function import layer
from infra.constructs.heavy_workflow import HeavyWorkflow
from infra.constructs.keeper import Keeper
from infra.constructs.knob_panel import KnobPanel
from infra.constructs.lane_queues import HeavyQueues, IntakeQueues
from infra.constructs.light_workflow import LightWorkflow
from infra.constructs.packer import Packer
from infra.constructs.reconciler import Reconciler
from infra.constructs.releaser import Releaser
from infra.constructs.s3_intake import S3Intake
from infra.constructs.stored import Stored
from infra.constructs.symbol_queue import SymbolQueue
from infra.constructs.walker import Walker
from infra.settings import Settings
from moonwalk.contracts import outputs
from moonwalk.domain.knobs import KnobQueue
from moonwalk.domain.request import QueueClass


class PipelineStack(Stack):
    """From a message to a processed crash, and to the heavy lane's queues."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        assets: Assets,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        stored = Stored(self, "Stored", settings=settings)
        code = layer(self, "Moonwalk", assets.moonwalk_layer, settings, "Moonwalk's package")
        stackwalker = layer(
            self, "Stackwalker", assets.stackwalker_layer, settings, "The stackwalker"
        )
        self.intake = IntakeQueues(self, "Intake", settings=settings)
        self.heavy_queues = HeavyQueues(self, "Heavy", settings=settings)
        self.symbol_queue = SymbolQueue(self, "Symbols", settings=settings, bucket=stored.symbols)
        walker = Walker(
            self,
            "Walk",
            settings=settings,
            layers=[code, stackwalker],
            stored=stored,
            intake=self.intake,
            symbols=symbol_sources(self),
            symbol_queue=self.symbol_queue,
        )
        self.light = LightWorkflow(self, "LightLane", settings=settings, walker=walker.function)
        self.heavy = HeavyWorkflow(
            self, "HeavyLane", settings=settings, queues=self.heavy_queues.queues
        )
        dispatcher = Dispatcher(
            self,
            "Dispatch",
            settings=settings,
            layers=[code],
            stored=stored,
            intake=self.intake,
            light=self.light,
            heavy=self.heavy,
        )
        reconciler = Reconciler(
            self, "Reconcile", settings=settings, layers=[code], stored=stored, intake=self.intake
        )
        packer = Packer(
            self,
            "Pack",
            settings=settings,
            layers=[code, stackwalker],
            stored=stored,
            uploads=self.symbol_queue,
        )
        releaser = Releaser(
            self, "Release", settings=settings, layers=[code], stored=stored, intake=self.intake
        )
        self.asker: IFunction | None = None
        if settings.symbol_sources:
            asker = Asker(
                self,
                "Ask",
                settings=settings,
                layers=[code],
                stored=stored,
                symbols=self.symbol_queue,
            )
            self.asker = asker.function
            CfnOutput(self, outputs.ASKER, value=self.asker.function_name)
        KnobPanel(self, "Knobs", settings=settings)
        keeper = Keeper(
            self,
            "Keep",
            settings=settings,
            layers=[code],
            sources={**dispatcher.sources, KnobQueue.SYMBOLS: packer.source},
            heavy=self.heavy_queues,
            symbols=self.symbol_queue,
        )
        S3Intake(
            self,
            "S3Intake",
            settings=settings,
            bucket=stored.bucket,
            queue=self.intake.queues[QueueClass.STANDARD],
            dead_letters=self.intake.dead_letters[QueueClass.STANDARD],
        )
        CfnOutput(self, outputs.LIGHT_WORKFLOW, value=self.light.state_machine.state_machine_arn)
        CfnOutput(self, outputs.HEAVY_WORKFLOW, value=self.heavy.state_machine.state_machine_arn)
        CfnOutput(self, outputs.DISPATCHER, value=dispatcher.function.function_name)
        CfnOutput(self, outputs.WALKER, value=walker.function.function_name)
        CfnOutput(self, outputs.RECONCILER, value=reconciler.function.function_name)
        CfnOutput(self, outputs.PACKER, value=packer.function.function_name)
        CfnOutput(self, outputs.KEEPER, value=keeper.function.function_name)
        CfnOutput(self, outputs.RELEASER, value=releaser.function.function_name)
        self.walker = walker.function

    @property
    def functions(self) -> list[Function]:
        """All functions, whoever made them."""
        return [each for each in self.node.find_all() if isinstance(each, Function)]
