"""The workers' service: the first is asked for, and nobody's number is changed."""

from typing import TYPE_CHECKING

import boto3
import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.workers import EcsWorkers
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.ports import Workers
from tests.contract.canned_aws import CannedAws
from tests.fakes import FakeWorkers

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

CLUSTER, SERVICE = "workers", "fargate"


class EcsWorld(EcsWorkers):
    """A real service whose number a test can set and see."""

    def __init__(self, client: "ECSClient") -> None:
        super().__init__(lambda: client, CLUSTER, SERVICE)
        self.ecs = client
        client.create_cluster(clusterName=CLUSTER)
        container = {"name": "worker", "image": "worker", "memory": 16}
        task = client.register_task_definition(
            family="worker",
            containerDefinitions=[container],  # type: ignore[list-item]
        )["taskDefinition"]["taskDefinitionArn"]
        client.create_service(
            cluster=CLUSTER, serviceName=SERVICE, taskDefinition=task, desiredCount=0
        )

    @property
    def wanted(self) -> int:
        found = self.ecs.describe_services(cluster=CLUSTER, services=[SERVICE])
        return found["services"][0]["desiredCount"]

    @wanted.setter
    def wanted(self, count: int) -> None:
        self.ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=count)


@pytest.fixture
def ecs(aws_url: str) -> "ECSClient":  # noqa: ARG001 - must be there first
    """Give a client that outwaits moto's first start of the service, unlike the real one."""
    return boto3.client("ecs")


@pytest.fixture(params=["fake", "ecs"])
def workers(request: pytest.FixtureRequest) -> FakeWorkers | EcsWorld:
    if request.param == "fake":
        return FakeWorkers()
    return EcsWorld(request.getfixturevalue("ecs"))


def test_where_no_worker_is_wanted_one_is_afterwards(workers: FakeWorkers | EcsWorld) -> None:
    waking: Workers = workers
    assert waking.wake() is True
    assert workers.wanted == 1
    assert waking.wake() is False


def test_a_number_that_scaling_chose_stays(workers: FakeWorkers | EcsWorld) -> None:
    workers.wanted = 7
    assert workers.wake() is False
    assert workers.wanted == 7


def test_a_heavy_lane_that_was_not_deployed_is_told(ecs: "ECSClient") -> None:
    ecs.create_cluster(clusterName=CLUSTER)
    with pytest.raises(RetryLater, match="no service fargate in the cluster workers: deploy"):
        EcsWorkers(aws.ecs, CLUSTER, SERVICE).wake()


def test_a_missing_cluster_is_named(canned_aws: CannedAws) -> None:
    canned_aws.answers.append((400, {"__type": "ClusterNotFoundException"}))
    with pytest.raises(RetryLater, match="workers of workers/fargate: AWS answered ClusterNotFou"):
        EcsWorkers(aws.ecs, CLUSTER, SERVICE).wake()


def test_a_throttled_call_is_for_later(canned_aws: CannedAws) -> None:
    canned_aws.answers += [(400, {"__type": "ThrottlingException"})] * 2
    with pytest.raises(RetryLater) as caught:
        EcsWorkers(aws.ecs, CLUSTER, SERVICE).wake()
    assert caught.value.code is RetryCode.THROTTLED
