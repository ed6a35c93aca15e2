"""What workers run on: Fargate, Fargate with a share of Spot, or managed machines with local NVMe.

docs/adr/0011 has the figures behind the choice.
"""

from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, CfnResource, Size
from aws_cdk.aws_ec2 import (
    BareMetal,
    BurstablePerformance,
    CpuManufacturer,
    InstanceGeneration,
    InstanceRequirementsConfig,
    LocalStorage,
    LocalStorageType,
)
from aws_cdk.aws_ecs import (
    CapacityProviderStrategy,
    Cluster,
    Compatibility,
    ManagedInstancesCapacityProvider,
)
from constructs import Construct, IConstruct

from infra.constructs.acknowledged import ANY_RESOURCE, acknowledge
from infra.constructs.worker_network import WorkerNetwork
from infra.settings import Settings
from infra.worker_settings import MANAGED_INSTANCES, SPOT

SYSTEM_MIB = 1024
"""What a machine's own system and ECS's agent take of its memory, at most."""
_MANUFACTURERS = {
    "x86_64": [CpuManufacturer.INTEL, CpuManufacturer.AMD],
    "arm64": [CpuManufacturer.AWS],
}
_USE_LOCAL_STORAGE = (
    "ManagedInstancesProvider.InstanceLaunchTemplate.LocalStorageConfiguration.UseLocalStorage"
)
_AGENT_PLACES = "arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:container-instance/*"


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a task definition and a service say of what they run on.

    Attributes:
        ephemeral_gib: disk that is asked for with each task; None where machines bring theirs.
        strategies: none for plain Fargate.
    """

    compatibility: Compatibility
    ephemeral_gib: int | None
    strategies: list[CapacityProviderStrategy] | None


def capacity(
    scope: Construct, settings: Settings, cluster: Cluster, network: WorkerNetwork
) -> Capacity:
    """Make what the chosen capacity needs in the cluster."""
    if settings.worker_capacity == MANAGED_INSTANCES:
        provider = _managed_instances(scope, settings, network)
        cluster.add_managed_instances_capacity_provider(provider)
        strategy = CapacityProviderStrategy(
            capacity_provider=provider.capacity_provider_name, weight=1
        )
        return Capacity(Compatibility.MANAGED_INSTANCES, None, [strategy])
    strategies = None
    if settings.worker_capacity == SPOT:
        cluster.enable_fargate_capacity_providers()
        strategies = _spot(settings)
    return Capacity(Compatibility.FARGATE, settings.worker_scratch_gib, strategies)


def _spot(settings: Settings) -> list[CapacityProviderStrategy]:
    """Share workers out; a reclaimed one has SIGTERM and two minutes, as for any other stop."""
    return [
        CapacityProviderStrategy(
            capacity_provider="FARGATE",
            base=settings.worker_on_demand,
            weight=100 - settings.worker_spot_percent,
        ),
        CapacityProviderStrategy(
            capacity_provider="FARGATE_SPOT", weight=settings.worker_spot_percent
        ),
    ]


def _managed_instances(
    scope: Construct, settings: Settings, network: WorkerNetwork
) -> ManagedInstancesCapacityProvider:
    provider = ManagedInstancesCapacityProvider(
        scope,
        "Machines",
        # Settings see to it that they are given: machines would have no public address in ours.
        subnets=network.subnets.subnets or [],
        security_groups=[network.security_group],
        instance_requirements=_machine(settings),
    )
    # The construct has no property for it; without it the disk is there and is not used.
    _override(provider, _USE_LOCAL_STORAGE, value=True)
    _name_roles(provider, settings)
    _acknowledge(provider)
    return provider


def _machine(settings: Settings) -> InstanceRequirementsConfig:
    """Ask for machines of just one worker's size, so that its disk is one worker's."""
    cpus = max(1, settings.worker_cpu // 1024)
    return InstanceRequirementsConfig(
        v_cpu_count_min=cpus,
        v_cpu_count_max=cpus,
        memory_min=Size.mebibytes(settings.worker_memory_mib + SYSTEM_MIB),
        cpu_manufacturers=_MANUFACTURERS[settings.architecture],
        instance_generations=[InstanceGeneration.CURRENT],
        burstable_performance=BurstablePerformance.EXCLUDED,
        bare_metal=BareMetal.EXCLUDED,
        local_storage=LocalStorage.REQUIRED,
        local_storage_types=[LocalStorageType.SSD],
        total_local_storage_gb_min=settings.worker_scratch_gib,
    )


def _name_roles(provider: ManagedInstancesCapacityProvider, settings: Settings) -> None:
    """Name the machines' role as AWS's policy for ECS wants, and apart for each deployment."""
    name = f"ecsInstanceRole-{settings.name}-{Aws.REGION}"
    _override(provider.node.find_child("InstanceRole"), "RoleName", value=name)
    _override(provider.node.find_child("InstanceProfile"), "InstanceProfileName", value=name)


def _override(construct: IConstruct, place: str, *, value: object) -> None:
    """Write into the template what the construct has no property for, or another value of."""
    cast(CfnResource, construct.node.default_child).add_property_override(place, value)


def _acknowledge(provider: ManagedInstancesCapacityProvider) -> None:
    acknowledge(
        provider,
        "ECS launches and ends machines for us; AWS's own policy says what that takes.",
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/"
        "AmazonECSInfrastructureRolePolicyForManagedInstances]",
    )
    acknowledge(
        provider,
        "ECS's agent asks where to poll, and speaks of machines that do not exist yet.",
        ANY_RESOURCE,
        f"AwsSolutions-IAM5[Resource::{_AGENT_PLACES}]",
    )
