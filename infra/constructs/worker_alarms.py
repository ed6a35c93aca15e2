"""Alarms on workers: silent although work waits, or short of memory or room."""

from collections.abc import Sequence

from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from infra.constructs.watching import any_of, aws, filled_sum, math, own, watch_over
from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Watch
from infra.settings import Settings
from moonwalk.metrics import Metric

TIMES = 3
"""A quarter of an hour: a machine, an image and a start take a few minutes each at worst."""
GIB = 1024**3


class WorkerAlarms(Construct):
    """Signs of the workers' own health.

    Attributes:
        silent: rule of a composite alarm: work waits, and no worker has told of itself.
        short: rule of another: one of them is short of memory or room.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, queues: Sequence[IQueue]
    ) -> None:
        """Take the queues that workers read."""
        super().__init__(scope, construct_id)
        waiting = {
            f"q{at}": aws(AwsMetric.VISIBLE, "Minimum", queue.queue_name)
            for at, queue in enumerate(queues)
        }
        work = watch_over(
            self,
            settings,
            Watch.WORKER_SILENT,
            math(filled_sum(waiting), waiting),
            subject="work",
            limit=1,
            times=TIMES,
        )
        # No metric comes from a worker that is not there: silence itself is the sign.
        nobody = watch_over(
            self,
            settings,
            Watch.WORKER_SILENT,
            own(Metric.SLOTS, "SampleCount"),
            subject="nobody",
            limit=0,
            times=TIMES,
            below=True,
            silence_breaches=True,
        )
        self.silent = f"({any_of([work])} AND {any_of([nobody])})"
        self.short = any_of([self._memory(settings), self._scratch(settings)])

    def _memory(self, settings: Settings) -> str:
        used, limit = own(Metric.MEMORY_USED, "Maximum"), own(Metric.MEMORY_LIMIT, "Maximum")
        return watch_over(
            self,
            settings,
            Watch.WORKER_MEMORY,
            math("100 * used / most", {"used": used, "most": limit}),
            limit=settings.memory_alarm_percent,
            times=TIMES,
        )

    def _scratch(self, settings: Settings) -> str:
        return watch_over(
            self,
            settings,
            Watch.WORKER_SCRATCH,
            own(Metric.SCRATCH_FREE, "Minimum"),
            limit=settings.scratch_alarm_gib * GIB,
            below=True,
            times=TIMES,
        )
