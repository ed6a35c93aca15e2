"""What the workers' cluster and service are called, so that the pipeline can wake them.

The heavy lane's stack depends on the pipeline's. A name that both know by the settings lets the
pipeline speak of a service that is made after it.
"""

from aws_cdk import Aws

from infra.settings import Settings

_ECS = f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}"


def cluster_name(settings: Settings) -> str:
    """Name the cluster."""
    return f"{settings.name}-workers"


def service_name(settings: Settings) -> str:
    """Name the service, by what it runs on: for another capacity it must be made anew.

    CloudFormation makes the new one before it takes the old one away, which needs another name.
    """
    return settings.worker_capacity


def service_arn(settings: Settings) -> str:
    """Give the service's ARN."""
    return f"{_ECS}:service/{cluster_name(settings)}/{service_name(settings)}"


def task_arns(settings: Settings) -> str:
    """Give the pattern of the ARNs of all workers."""
    return f"{_ECS}:task/{cluster_name(settings)}/*"
