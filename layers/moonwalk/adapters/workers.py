"""The workers' service on ECS, as far as those need it who hand work to the heavy lane."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.domain.failures import RetryCode, RetryLater

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient


class EcsWorkers:
    """`Workers` on ECS."""

    def __init__(self, connect: "Callable[[], ECSClient]", cluster: str, service: str) -> None:
        """Take what makes a client, as most processes never need one, and the service's names."""
        self._connect = connect
        self._cluster = cluster
        self._service = service

    @cached_property
    def _client(self) -> "ECSClient":
        return self._connect()

    def wake(self) -> bool:
        """See to it that at least one worker is wanted; say whether none was.

        Raises:
            RetryLater: when the world fails, or has no such service.
        """
        with told_as_retry_later(f"waking the workers of {self._cluster}/{self._service}"):
            if self._wanted():
                return False
            self._client.update_service(
                cluster=self._cluster, service=self._service, desiredCount=1
            )
        return True

    def _wanted(self) -> int:
        found = self._client.describe_services(cluster=self._cluster, services=[self._service])
        if not found["services"]:
            raise RetryLater(
                RetryCode.UNAVAILABLE,
                f"there is no service {self._service} in the cluster {self._cluster}: "
                "deploy the heavy lane",
            )
        return found["services"][0]["desiredCount"]
