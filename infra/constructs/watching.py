"""Makes alarms of the rows of the table, and metrics to hold against their limits.

Alarms have names of our own, so that composites, runbook and command line can speak of them across
stacks; an alarm holds nothing that its replacement would lose.
"""

from collections.abc import Iterable, Mapping
from itertools import product

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import (
    Alarm,
    ComparisonOperator,
    IMetric,
    MathExpression,
    Metric,
    TreatMissingData,
)
from constructs import Construct

from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Row, Watch
from infra.settings import Settings
from moonwalk import metrics as catalogue
from moonwalk.metrics.declaration import NAMESPACE

FIVE_MINUTES = Duration.minutes(5)
"""SQS publishes once a minute; five of them keep one slow poll from waking anybody."""
_ABOVE = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_BELOW = ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD


def own(
    metric: catalogue.Metric, statistic: str, period: Duration = FIVE_MINUTES, /, **dimensions: str
) -> Metric:
    """Give a metric of the catalogue.

    Raises:
        ValueError: for dimensions, or values of them, that are not declared.
    """
    declared = metric.value
    allowed = {each.name: each.values for each in declared.dimensions}
    if allowed.keys() != dimensions.keys():
        raise ValueError(f"{declared.name} has the dimensions {', '.join(allowed) or 'none'}")
    for name, value in dimensions.items():
        if value not in allowed[name]:
            raise ValueError(f"{declared.name}: {name}={value} is not declared")
    return Metric(
        namespace=NAMESPACE,
        metric_name=declared.name,
        dimensions_map={name: str(value) for name, value in dimensions.items()},
        statistic=statistic,
        period=period,
    )


_SHOWN = {
    catalogue.Kind.COUNTER: "Sum",
    catalogue.Kind.GAUGE: "Maximum",
    catalogue.Kind.TIMING: "p95",
    catalogue.Kind.SIZE: "p95",
}
"""What is shown of a metric of a kind."""


def every(metric: catalogue.Metric, statistic: str = "") -> list[Metric]:
    """Give all series of a metric, by the statistic that suits its kind unless one is named."""
    declared = metric.value
    return [
        own(
            metric,
            statistic or _SHOWN[declared.kind],
            **dict(zip(declared.dimension_names, values, strict=True)),
        )
        for values in product(*(each.values for each in declared.dimensions))
    ]


def aws(
    metric: AwsMetric, statistic: str, *dimensions: str, period: Duration = FIVE_MINUTES
) -> Metric:
    """Give a metric of AWS's own; the dimensions' values in their order."""
    declared = metric.value
    return Metric(
        namespace=declared.namespace,
        metric_name=declared.name,
        dimensions_map=dict(zip(declared.dimensions, dimensions, strict=True)),
        statistic=statistic,
        period=period,
    )


def math(
    expression: str,
    metrics: Mapping[str, IMetric],
    period: Duration = FIVE_MINUTES,
    *,
    label: str | None = None,
) -> MathExpression:
    """Give an expression over metrics."""
    return MathExpression(
        expression=expression, using_metrics=dict(metrics), period=period, label=label
    )


def filled_sum(names: Iterable[str]) -> str:
    """Write the sum of metrics of which one that says nothing counts as 0."""
    return " + ".join(f"FILL({name}, 0)" for name in names)


def total(
    metrics: Iterable[IMetric],
    period: Duration = FIVE_MINUTES,
    *,
    prefix: str = "m",
    label: str | None = None,
) -> MathExpression:
    """Add metrics up; graphs want ids apart: by the prefix."""
    named = {f"{prefix}{at}": metric for at, metric in enumerate(metrics)}
    return math(filled_sum(named), named, period, label=label)


def alarm_name(settings: Settings, watch: Watch, subject: str = "") -> str:
    """Name the alarm of a row, on one of the things that the row is watched on."""
    return "-".join(filter(None, (settings.name, watch.value.slug, subject)))


def construct_name(watch: Watch, subject: str = "") -> str:
    """Name the construct of an alarm."""
    return "".join(part.capitalize() for part in f"{watch.value.slug}-{subject}".split("-"))


def description(settings: Settings, row: Row, subject: str = "") -> str:
    """Write what an alarm tells: what it means, where to look first, where the remedy is."""
    about = f"{row.title} ({subject})" if subject else row.title
    return f"{about}: {row.meaning} Look first: {row.look} {settings.runbook}#{row.slug}"


def watch_over(
    scope: Construct,
    settings: Settings,
    watch: Watch,
    metric: IMetric,
    *,
    limit: float,
    subject: str = "",
    times: int = 1,
    out_of: int | None = None,
    below: bool = False,
    silence_breaches: bool = False,
) -> str:
    """Make an alarm that tells nobody by itself; give its name.

    Args:
        scope: whatever is watched.
        settings: of the deployment.
        watch: the row of the table.
        metric: what is held against the limit.
        limit: from it on the alarm is raised.
        subject: which of the things of the row, if there are several.
        times: periods that must be so.
        out_of: the last so many; without it they must be in a row.
        below: whether what lies below the limit is the anomaly.
        silence_breaches: whether no figure at all is one, too. Otherwise it is no anomaly: what
            is idle stops publishing.
    """
    name = alarm_name(settings, watch, subject)
    Alarm(
        scope,
        construct_name(watch, subject),
        alarm_name=name,
        alarm_description=description(settings, watch.value, subject),
        metric=metric,
        threshold=limit,
        evaluation_periods=out_of or times,
        datapoints_to_alarm=times,
        comparison_operator=_BELOW if below else _ABOVE,
        treat_missing_data=(
            TreatMissingData.BREACHING if silence_breaches else TreatMissingData.NOT_BREACHING
        ),
    )
    return name


def any_of(names: Iterable[str]) -> str:
    """Write the rule of a composite alarm that any of these raises."""
    return "(" + " OR ".join(f'ALARM("{name}")' for name in names) + ")"
