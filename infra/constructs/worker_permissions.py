"""What may be done with workers: the pipeline wakes the first, and each protects itself."""

from aws_cdk.aws_iam import PolicyStatement
from constructs import Construct

from infra.constructs.acknowledged import acknowledge_below
from infra.constructs.worker_names import service_arn, task_arns
from infra.settings import Settings


def wake_workers(settings: Settings) -> PolicyStatement:
    """See how many workers are wanted, and want one."""
    return PolicyStatement(
        actions=["ecs:DescribeServices", "ecs:UpdateService"], resources=[service_arn(settings)]
    )


def protect_workers(settings: Settings) -> PolicyStatement:
    """Keep a worker from being scaled in; ECS's agent asks for it with the task's own role."""
    return PolicyStatement(actions=["ecs:UpdateTaskProtection"], resources=[task_arns(settings)])


def acknowledge_protection(construct: Construct, settings: Settings) -> None:
    """Accept that a worker may protect any of its cluster."""
    acknowledge_below(construct, "A task's name is known once it runs.", task_arns(settings))
