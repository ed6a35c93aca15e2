"""How many workers there are: as many as the backlog of the heavy queues needs, whatever CPUs do.

The incident's owners scaled on CPU, which fell as the queue grew: work that waits for a disk uses
none. Here lag is reckoned from what waits and what is in hand, per worker; docs/adr/0011 says why
by steps, and tests/infra/scaling holds the numbers of this file's template against whole days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk.aws_applicationautoscaling import AdjustmentType, ScalingInterval
from aws_cdk.aws_cloudwatch import IMetric, MathExpression, Metric
from aws_cdk.aws_ecs import FargateService, ScalableTaskCount
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from infra.settings import Settings

MINUTE = Duration.minutes(1)
"""As often as SQS publishes."""
OUT_STEPS = {1: 50, 2: 150, 4: 400, 8: 900, 16: 1900}
"""Percent of workers to add once the lag is so many times its target: what brings it back to the
target within the target's time, at the lower end of each step."""
IN_STEPS = {0.7: 25, 0.35: 50}
"""Percent of workers to take away once so few of them would do: those left are never all busy."""


@dataclass(frozen=True, slots=True)
class HeavyWork:
    """The queues that workers read.

    Attributes:
        fresh: somebody waits for them.
        bulk: reprocessing.
    """

    fresh: tuple[IQueue, ...]
    bulk: tuple[IQueue, ...]


class WorkerScaling(Construct):
    """Two rules by one reckoning: out when the lag is above its target, in when workers idle."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        service: FargateService,
        work: HeavyWork,
    ) -> None:
        super().__init__(scope, construct_id)
        count = service.auto_scale_task_count(
            min_capacity=settings.worker_count, max_capacity=settings.worker_most
        )
        metrics = {**_sums(work), "workers": _workers(service)}
        self._out(count, settings, metrics)
        self._in(count, settings, metrics)

    def _out(
        self, count: ScalableTaskCount, settings: Settings, metrics: Mapping[str, IMetric]
    ) -> None:
        target = settings.worker_lag_seconds
        count.scale_on_metric(
            "Out",
            metric=_lag(settings, metrics),
            adjustment_type=AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
            scaling_steps=[
                ScalingInterval(lower=times * target, change=percent)
                for times, percent in OUT_STEPS.items()
            ],
            min_adjustment_magnitude=1,
            cooldown=Duration.seconds(settings.worker_out_seconds),
            evaluation_periods=1,
        )

    def _in(
        self, count: ScalableTaskCount, settings: Settings, metrics: Mapping[str, IMetric]
    ) -> None:
        count.scale_on_metric(
            "In",
            metric=_needed_share(settings, metrics),
            adjustment_type=AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
            scaling_steps=[
                ScalingInterval(upper=share, change=-percent)
                for share, percent in sorted(IN_STEPS.items())
            ],
            min_adjustment_magnitude=1,
            cooldown=Duration.seconds(settings.worker_in_seconds),
            evaluation_periods=settings.worker_idle_minutes,
        )


def _lag(settings: Settings, metrics: Mapping[str, IMetric]) -> MathExpression:
    """Reckon in how many seconds the work will be done, reprocessing's weighed by its own target.

    Workers that are not there yet would divide by nothing: then all work is late.
    """
    target = settings.worker_lag_seconds
    filled = _filled(settings, f"bulk * {target} / {settings.worker_bulk_lag_seconds}")
    lag = f"{filled} * {settings.worker_crash_seconds} / IF(workers < 1, 1, workers)"
    return MathExpression(
        expression=f"IF(workers < 1, IF(fresh + bulk > 0, {target}, 0), {lag})",
        using_metrics=metrics,
        label="Seconds until the heavy queues' work is done",
        period=MINUTE,
    )


def _needed_share(settings: Settings, metrics: Mapping[str, IMetric]) -> MathExpression:
    """Reckon which share of the workers the work would keep busy, what is in hand included.

    All of them, where none may go: else this alarm would be on whenever there is no worker, and
    take the first one away before its metrics have told of any work.
    """
    needed = f"CEIL({_filled(settings, 'bulk')}) / IF(workers < 1, 1, workers)"
    return MathExpression(
        expression=f"IF(workers <= {settings.worker_count}, 1, {needed})",
        using_metrics=metrics,
        label="Share of the workers that is needed",
        period=MINUTE,
    )


def _filled(settings: Settings, bulk: str) -> str:
    """Reckon how many workers the work fills, of which bulk may have but some slots of each."""
    together = f"(fresh + {bulk}) / {settings.worker_slots}"
    alone = f"{bulk} / {settings.worker_slots - settings.worker_fresh_slots}"
    return f"IF({alone} > {together}, {alone}, {together})"


def _workers(service: FargateService) -> Metric:
    """Count the workers that were asked for: one that is starting must not be asked for twice.

    Not filled where it is missing: a minute that is late must not look like no workers.
    """
    return Metric(
        namespace="ECS/ContainerInsights",
        metric_name="DesiredTaskCount",
        dimensions_map={
            "ClusterName": service.cluster.cluster_name,
            "ServiceName": service.service_name,
        },
        statistic="Average",
        period=MINUTE,
    )


def _sums(work: HeavyWork) -> dict[str, IMetric]:
    return {"fresh": _sum("f", work.fresh), "bulk": _sum("b", work.bulk)}


def _sum(prefix: str, queues: Iterable[IQueue]) -> MathExpression:
    """Add up what waits and what is in hand; a queue at rest publishes nothing."""
    counts: dict[str, IMetric] = {}
    for number, queue in enumerate(queues):
        counts[f"{prefix}{number}w"] = queue.metric_approximate_number_of_messages_visible(
            period=MINUTE, statistic="Maximum"
        )
        counts[f"{prefix}{number}h"] = queue.metric_approximate_number_of_messages_not_visible(
            period=MINUTE, statistic="Maximum"
        )
    return MathExpression(
        expression=" + ".join(f"FILL({count}, 0)" for count in counts),
        using_metrics=counts,
        period=MINUTE,
    )
