"""The workers of the heavy lane: long-lived containers that read the heavy queues."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from aws_cdk import Duration
from aws_cdk.aws_ecr_assets import Platform
from aws_cdk.aws_ecs import (
    Capability,
    Cluster,
    ContainerDefinition,
    ContainerImage,
    ContainerInsights,
    CpuArchitecture,
    DeploymentCircuitBreaker,
    FargateService,
    HealthCheck,
    LinuxParameters,
    LogDriver,
    MountPoint,
    NetworkMode,
    OperatingSystemFamily,
    RuntimePlatform,
    TaskDefinition,
    Volume,
)
from aws_cdk.aws_iam import PolicyStatement
from constructs import Construct

from infra.constructs.acknowledged import ANY_RESOURCE, acknowledge
from infra.constructs.function import log_group
from infra.constructs.worker_capacity import Capacity, capacity
from infra.constructs.worker_names import cluster_name, service_name
from infra.constructs.worker_network import WorkerNetwork
from infra.constructs.worker_scaling import HeavyWork, WorkerScaling
from infra.settings import Settings

STOP_TIMEOUT = Duration.seconds(120)
"""The most that Fargate gives a worker to put down what it holds."""
HEALTH_CHECK = HealthCheck(
    command=["CMD", "python", "-m", "worker.health"],
    interval=Duration.seconds(60),
    timeout=Duration.seconds(20),
    retries=3,
    start_period=Duration.seconds(120),
)
"""What lasts for three minutes does not mend itself. The timeout is generous, since the check has
to be started on a machine whose processors or disk may be busy."""
SCRATCH = "/scratch"
"""The only place where the container can write. `lambdas/worker/Dockerfile` makes it."""
USER = "10001:10001"
"""Nobody: the image's user, said again here so that no other image can run as root."""
_SCRATCH_VOLUME = "scratch"


class WorkerService(Construct):
    """A cluster with one service of identical workers."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        image: Path,
        network: WorkerNetwork,
        environment: Mapping[str, str],
        permissions: Iterable[PolicyStatement],
        work: HeavyWork,
    ) -> None:
        super().__init__(scope, construct_id)
        self.cluster = Cluster(
            self,
            "Cluster",
            cluster_name=cluster_name(settings),
            vpc=network.vpc,
            container_insights_v2=ContainerInsights.ENABLED,
        )
        runs_on = capacity(self, settings, self.cluster, network)
        self.task = self._task(settings, runs_on)
        for statement in permissions:
            self.task.task_role.add_to_principal_policy(statement)
        self._container(settings, image, environment)
        self.service = FargateService(
            self,
            "Service",
            service_name=service_name(settings),
            cluster=self.cluster,
            task_definition=self.task,
            capacity_provider_strategies=runs_on.strategies,
            assign_public_ip=network.public_ip,
            vpc_subnets=network.subnets,
            security_groups=[network.security_group],
            circuit_breaker=DeploymentCircuitBreaker(rollback=True),
            min_healthy_percent=100,
            max_healthy_percent=200,
        )
        # How many there are is not in the template: a deployment must not undo what scaling did.
        WorkerScaling(self, "Scaling", settings=settings, service=self.service, work=work)
        self._acknowledge()

    def _task(self, settings: Settings, runs_on: Capacity) -> TaskDefinition:
        arm = settings.architecture == "arm64"
        return TaskDefinition(
            self,
            "Task",
            compatibility=runs_on.compatibility,
            network_mode=NetworkMode.AWS_VPC,
            cpu=str(settings.worker_cpu),
            memory_mib=str(settings.worker_memory_mib),
            ephemeral_storage_gib=runs_on.ephemeral_gib,
            volumes=[Volume(name=_SCRATCH_VOLUME)],
            runtime_platform=RuntimePlatform(
                cpu_architecture=CpuArchitecture.ARM64 if arm else CpuArchitecture.X86_64,
                operating_system_family=OperatingSystemFamily.LINUX,
            ),
        )

    def _container(
        self, settings: Settings, image: Path, environment: Mapping[str, str]
    ) -> ContainerDefinition:
        arm = settings.architecture == "arm64"
        linux = LinuxParameters(self, "Linux", init_process_enabled=True)
        linux.drop_capabilities(Capability.ALL)
        container = self.task.add_container(
            "Worker",
            image=ContainerImage.from_asset(
                str(image),
                platform=Platform.LINUX_ARM64 if arm else Platform.LINUX_AMD64,
                build_args={"BASE": settings.worker_base},
                # What a worker leaves that was run from here: no part of the image.
                exclude=["app/**/__pycache__"],
            ),
            environment=environment,
            logging=LogDriver.aws_logs(
                stream_prefix="worker", log_group=log_group(self, "Logs", settings)
            ),
            stop_timeout=STOP_TIMEOUT,
            health_check=HEALTH_CHECK,
            readonly_root_filesystem=True,
            user=USER,
            linux_parameters=linux,
        )
        container.add_mount_points(
            MountPoint(container_path=SCRATCH, source_volume=_SCRATCH_VOLUME, read_only=False)
        )
        return container

    def _acknowledge(self) -> None:
        acknowledge(
            self.task,
            "The environment has names, URLs and numbers; there is no secret to keep.",
            "AwsSolutions-ECS2",
        )
        acknowledge(
            self.task,
            "The token for the image registry has no resource that could be named.",
            ANY_RESOURCE,
        )
