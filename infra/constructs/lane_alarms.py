"""Alarms on functions and workflows, and on the reconciler's own word."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk.aws_cloudwatch import IMetric
from aws_cdk.aws_lambda import IFunction
from aws_cdk.aws_stepfunctions import IStateMachine
from constructs import Construct

from infra.constructs.watching import any_of, aws, own, total, watch_over
from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Watch
from infra.settings import Settings
from moonwalk.domain.failures import RetryCode
from moonwalk.domain.lane import Lane
from moonwalk.metrics import Metric

FEW = {Lane.LIGHT: 5, Lane.HEAVY: 1}
"""Workflows in five minutes: an Express one is tried again by its message, a Standard one is not
before the reconciler finds it a day later."""
TIMES = 2
"""A deployment's change of versions is over in five minutes."""


class LaneAlarms(Construct):
    """What runs, and what looks after it.

    Attributes:
        rule: of a composite alarm: what runs fails.
        overdue: rule of another: nobody looks after what is late.
        explains: what of the two makes crashes late. A heavy crash whose workflow failed is one
            crash, whatever else is late meanwhile.
        failures: what is counted of functions and workflows, all in one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        functions: Sequence[IFunction],
        workflows: Mapping[Lane, IStateMachine],
    ) -> None:
        super().__init__(scope, construct_id)
        arns = {lane: each.state_machine_arn for lane, each in workflows.items()}
        failed = [
            aws(AwsMetric.FAILED, "Sum", arn).with_(label=f"failed workflows, {lane}")
            for lane, arn in arns.items()
        ]
        errors = total(
            (aws(AwsMetric.ERRORS, "Sum", each.function_name) for each in functions),
            prefix="errors",
            label="errors of functions",
        )
        throttles = self._throttles(functions, arns.values())
        self.failures: list[IMetric] = [*failed, errors, throttles]
        by_lane = {lane: self._workflow(settings, lane, arn) for lane, arn in arns.items()}
        names: list[str] = []
        for watch, metric, limit in (
            (Watch.FUNCTION_ERRORS, errors, settings.error_alarm_count),
            (Watch.THROTTLES, throttles, settings.throttle_alarm_count),
        ):
            names.append(watch_over(self, settings, watch, metric, limit=limit, times=TIMES))
        self.rule = any_of([*by_lane[Lane.LIGHT], *by_lane[Lane.HEAVY], *names])
        overdue = self._overdue(settings)
        self.overdue = any_of([overdue])
        self.explains = any_of([*by_lane[Lane.LIGHT], *names, overdue])

    def _throttles(self, functions: Sequence[IFunction], arns: Iterable[str]) -> IMetric:
        """Add up what was refused: by Lambda, by Step Functions, and by what functions ask."""
        return total(
            [
                *(aws(AwsMetric.THROTTLES, "Sum", each.function_name) for each in functions),
                *(aws(AwsMetric.WORKFLOWS_THROTTLED, "Sum", arn) for arn in arns),
                own(Metric.RETRIED, "Sum", reason=RetryCode.THROTTLED.value),
            ],
            prefix="throttles",
            label="throttles",
        )

    def _workflow(self, settings: Settings, lane: Lane, arn: str) -> list[str]:
        ends = {
            Watch.WORKFLOW_FAILED: AwsMetric.FAILED,
            Watch.WORKFLOW_TIMED_OUT: AwsMetric.TIMED_OUT,
        }
        return [
            watch_over(
                self,
                settings,
                watch,
                aws(metric, "Sum", arn),
                subject=lane.value,
                limit=FEW[lane],
            )
            for watch, metric in ends.items()
        ]

    def _overdue(self, settings: Settings) -> str:
        return watch_over(
            self,
            settings,
            Watch.OVERDUE,
            own(Metric.OLDEST_DUE, "Maximum"),
            limit=settings.overdue_alarm_seconds,
            times=TIMES,
            # It is told every minute; who tells nothing looks after nothing.
            silence_breaches=True,
        )
