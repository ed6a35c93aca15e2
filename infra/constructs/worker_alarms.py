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
SHORT_TIMES = 2
"""Ten minutes: a worker that is short of something for a quarter of an hour leaves, and whether
this comes again is seen by whoever was told of it."""
SHORT_MINUTES = 3
"""Of five in which one takes no more: that is told once a minute while it lasts."""


class WorkerAlarms(Construct):
    """Signs of the workers' own health.

    Attributes:
        silent: rule of a composite alarm: work waits, and no worker has told of itself.
        short: rule of another: one of them takes no more, for want of memory or room. How much it
            needs is its own to know (`worker_slot_memory_mib`, `worker_slot_scratch_mib`); a limit
            beside those would come too late, as it stops before.
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
        self.short = any_of(
            [
                self._short_of(settings, Watch.WORKER_MEMORY, "memory"),
                self._short_of(settings, Watch.WORKER_SCRATCH, "scratch"),
            ]
        )

    def _short_of(self, settings: Settings, watch: Watch, resource: str) -> str:
        return watch_over(
            self,
            settings,
            watch,
            own(Metric.WORKER_SHORT_OF, "Sum", resource=resource),
            limit=SHORT_MINUTES,
            times=SHORT_TIMES,
        )
