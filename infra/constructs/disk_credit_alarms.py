"""Disk credit of workers' machines: what the incident's owners could have seen, and did not know.

A sign of the fugue, which begins when the credit ends; while the backlog does not grow it wakes
nobody.
"""

from constructs import Construct

from infra.constructs.watching import math, watch_over
from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Watch
from infra.settings import Settings

KINDS = {"operations": AwsMetric.DISK_OPERATIONS_LEFT, "bytes": AwsMetric.DISK_BYTES_LEFT}
_LEAST = 'SELECT MIN("{metric.name}") FROM SCHEMA("{metric.namespace}", InstanceId)'


class DiskCreditAlarms(Construct):
    """Whether the machine that has least is near its end.

    ECS names machines only once they run, so all of the account's in the region are looked at.

    Attributes:
        names: of the alarms; none where no machine has credit that CloudWatch tells of.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        kinds = KINDS if settings.has_disk_credit else {}
        self.names = [
            watch_over(
                self,
                settings,
                Watch.DISK_CREDIT,
                math(_LEAST.format(metric=metric.value), {}),
                subject=subject,
                limit=settings.credit_alarm_percent,
                below=True,
            )
            for subject, metric in kinds.items()
        ]
