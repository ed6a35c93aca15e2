"""The heavy lane: workers in containers, for what is too much for a function."""

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.assets import Assets
from infra.constructs import environments, permissions
from infra.constructs.function import powertools_environment
from infra.constructs.knob_panel import knob_environment, read_knobs
from infra.constructs.packer import acknowledge_packing, packing_permissions
from infra.constructs.rule_permissions import acknowledge_rules
from infra.constructs.stored import Stored
from infra.constructs.walker import asking_environment, walking_permissions
from infra.constructs.worker_network import WorkerNetwork
from infra.constructs.worker_permissions import acknowledge_protection, protect_workers
from infra.constructs.worker_scaling import HeavyWork
from infra.constructs.worker_service import WorkerService
from infra.settings import Settings
from infra.stacks.pipeline import PipelineStack
from moonwalk.contracts import outputs
from moonwalk.domain import prices
from moonwalk.domain.request import QueueClass


class HeavyLaneStack(Stack):
    """Reads the pipeline's heavy queues and answers its Standard workflow."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        assets: Assets,
        pipeline: PipelineStack,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        stored = Stored(self, "Stored", settings=settings)
        workers = WorkerService(
            self,
            "Workers",
            settings=settings,
            image=assets.worker_image,
            network=WorkerNetwork(self, "Network", settings=settings),
            environment=self._environment(settings, stored, pipeline),
            permissions=[
                read_knobs(self, settings),
                *walking_permissions(settings, stored, pipeline.intake, pipeline.symbol_queue),
                permissions.consume(
                    [*pipeline.heavy_queues.queues.values(), pipeline.symbol_queue.heavy_queue]
                ),
                *packing_permissions(settings, stored),
                permissions.send([pipeline.symbol_queue.dead_letters]),
                permissions.answer_heavy(pipeline.heavy.state_machine),
                protect_workers(settings),
            ],
            work=self._work(pipeline),
        )
        acknowledge_protection(workers, settings)
        permissions.acknowledge_crashes(workers, stored.bucket, publishes=True)
        permissions.acknowledge_packs(workers, stored.symbols)
        acknowledge_packing(workers, settings, stored)
        acknowledge_rules(workers, settings, stored)
        CfnOutput(self, outputs.CLUSTER, value=workers.cluster.cluster_name)
        CfnOutput(self, outputs.SERVICE, value=workers.service.service_name)
        CfnOutput(self, outputs.TASK_DEFINITION, value=workers.task.task_definition_arn)

    def _work(self, pipeline: PipelineStack) -> HeavyWork:
        """Symbols that crashes wait for are as urgent as a crash."""
        queues = dict(pipeline.heavy_queues.queues)
        bulk = queues.pop(QueueClass.REPROCESSING)
        return HeavyWork((*queues.values(), pipeline.symbol_queue.heavy_queue), (bulk,))

    def _environment(
        self, settings: Settings, stored: Stored, pipeline: PipelineStack
    ) -> dict[str, str]:
        return {
            **knob_environment(settings),
            **environments.walking(
                settings,
                stored,
                symbols=environments.symbol_sources(self),
                memory_mib=settings.heavy_walk_memory_mib,
                disk_mib=settings.worker_packs_gib * 1024,
                second_dollars=prices.heavy_second(
                    settings.architecture,
                    settings.worker_cpu,
                    settings.worker_memory_mib,
                    settings.worker_slots,
                ),
            ),
            **environments.working(settings),
            **asking_environment(pipeline.intake, pipeline.symbol_queue),
            **environments.packing(settings, stored, settings.heavy_packing),
            **pipeline.symbol_queue.urls,
            **pipeline.heavy_queues.queue_urls,
            **powertools_environment("worker"),
            # There is no daemon that would take traces from a container.
            "POWERTOOLS_TRACE_DISABLED": "true",
            "AWS_DEFAULT_REGION": self.region,
        }
