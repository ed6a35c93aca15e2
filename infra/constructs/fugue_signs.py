"""What a lane's fugue shows in: figures that alarms and dashboard share.

Their metrics' ids begin with the lane, so that a graph can show both lanes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk.aws_cloudwatch import IMetric
from aws_cdk.aws_sqs import IQueue

from infra.constructs.watching import aws, filled_sum, math, own
from infra.observability.aws_metrics import AwsMetric
from moonwalk.domain.lane import Lane
from moonwalk.domain.task import Status
from moonwalk.metrics import Metric

ENDED = (Status.PROCESSED, Status.PROVISIONAL, Status.REJECTED)
"""Not what the light lane hands over: it had its slot for nothing."""


@dataclass(frozen=True, slots=True)
class FugueSigns:
    """One lane: its queues, and a metric of the seconds for which its slots were busy."""

    lane: Lane
    queues: Sequence[IQueue]
    busy_seconds: IMetric

    @property
    def growth(self) -> IMetric:
        """How many more messages wait than in the period before."""
        waiting = {
            f"{self.lane}_q{at}": aws(AwsMetric.VISIBLE, "Average", queue.queue_name)
            for at, queue in enumerate(self.queues)
        }
        return math(f"DIFF({filled_sum(waiting)})", waiting, label=self.lane)

    @property
    def slot_seconds(self) -> IMetric:
        """For how long a crash has a slot: throughput per slot, upside down.

        Where none ends it is all that slots were busy for, as if one had: a lane in which nothing
        moves has no walks to tell of, and would look idle.
        """
        ended = {
            f"{self.lane}_e{at}": own(
                Metric.ANSWERS, "Sum", lane=self.lane.value, status=status.value
            )
            for at, status in enumerate(ENDED)
        }
        busy = f"{self.lane}_busy"
        named = {busy: self.busy_seconds, **ended}
        count = filled_sum(ended)
        each = f"FILL({busy}, 0) / IF({count} < 1, 1, {count})"
        return math(each, named, label=self.lane)

    @property
    def wait_percent(self) -> IMetric:
        """Share of all walks' time that they waited: a long walk counts for more than a short."""
        waited, took = f"{self.lane}_waited", f"{self.lane}_took"
        named = {
            waited: own(Metric.WALK_WAIT, "Sum", lane=self.lane.value),
            took: own(Metric.WALK_TIME, "Sum", lane=self.lane.value),
        }
        return math(f"100 * {waited} / {took}", named, label=self.lane)
