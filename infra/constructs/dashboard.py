"""The dashboard: whether all is well, whether it is a fugue, and below where the time goes.

Plain CDK: a row is a table of titles and metrics of the catalogue, as alarms take them. Ready-made
pages of a library would show each service's processors first, which misled the incident's owners.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import (
    AlarmStatusWidget,
    Dashboard,
    GraphWidget,
    HorizontalAnnotation,
    IAlarm,
    IMetric,
    IWidget,
    TextWidget,
)
from aws_cdk.aws_sqs import IQueue
from constructs import Construct

from infra.constructs.fugue_signs import FugueSigns
from infra.constructs.lag_alarms import FRESH, late_percent
from infra.constructs.watched_queues import WatchedQueues
from infra.constructs.watching import FIVE_MINUTES, aws, every, own
from infra.observability.aws_metrics import AwsMetric
from infra.observability.rows import ROWS
from infra.settings import Settings
from moonwalk.metrics import Metric

COLUMNS = 24
GRAPH = 6


class OperatorDashboard(Construct):
    """Rows of graphs; `infra.observability.rows` says what is in the lower ones."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        pages: Sequence[IAlarm],
        queues: WatchedQueues,
        signs: Sequence[FugueSigns],
        failures: Sequence[IMetric],
    ) -> None:
        """Take what pages, all queues, each lane's signs of a fugue, and counts of what failed."""
        super().__init__(scope, construct_id)
        self._board = Dashboard(
            self,
            "Dashboard",
            dashboard_name=settings.name,
            default_interval=Duration.hours(6),
        )
        status = AlarmStatusWidget(title="What pages", alarms=pages, width=GRAPH, height=GRAPH)
        self._row(
            "Is it healthy?",
            [
                status,
                *self._pace(settings, queues),
                _graph("Failures and throttles", failures),
                _graph("Dead letters", _depth(queues.dead_letters), stacked=True),
                _graph("Cost of a run, US dollars", every(Metric.COST, "Average")),
            ],
        )
        ages = _of_queues(AwsMetric.AGE, queues.queues)
        age = _graph("Age of the oldest message, seconds", ages)
        self._row("Is it a fugue?", [*_fugue(settings, signs), age])
        for title, graphs in ROWS.items():
            widgets = [
                _graph(name, [each for metric in metrics for each in _shown(metric)])
                for name, metrics in graphs.items()
            ]
            self._row(title, widgets)

    def _row(self, title: str, widgets: Sequence[IWidget]) -> None:
        self._board.add_widgets(TextWidget(markdown=f"## {title}", width=COLUMNS, height=1))
        self._board.add_widgets(*widgets)

    def _pace(self, settings: Settings, queues: WatchedQueues) -> list[IWidget]:
        lag = [
            own(Metric.LAG, statistic, queue=queue.value, run="first")
            for queue in FRESH
            for statistic in ("p50", "p99")
        ]
        late = late_percent(settings, FIVE_MINUTES, 1)
        return [
            _graph("Lag of fresh crashes, seconds", lag, limits={"limit": settings.lag_seconds}),
            _graph(
                "Fresh crashes that are late, %",
                [late],
                limits={"limit": 100 - settings.lag_percent},
            ),
            _graph("Backlog: messages that wait", _depth(queues.queues), stacked=True),
            _graph("Throughput: ends of runs", every(Metric.ANSWERS)),
        ]


def _fugue(settings: Settings, signs: Sequence[FugueSigns]) -> list[IWidget]:
    return [
        _graph("Growth of the backlog", [each.growth for each in signs]),
        _graph(
            "Seconds of a slot for a crash",
            [each.slot_seconds for each in signs],
            limits={"limit": settings.fugue_slot_seconds},
        ),
        _graph(
            "Share of walks' time waited, %",
            [each.wait_percent for each in signs],
            limits={
                "limit, heavy": settings.fugue_wait_percent,
                "limit, light": settings.fugue_light_wait_percent,
            },
        ),
    ]


def _shown(metric: Metric) -> list[IMetric]:
    """Give what a graph shows of a metric; CloudWatch has no percentiles where values are negative.

    The clock skew is the only one that can be.
    """
    statistics = ("Minimum", "Average", "Maximum") if metric is Metric.CLOCK_SKEW else ("",)
    return [each for statistic in statistics for each in every(metric, statistic)]


def _of_queues(metric: AwsMetric, queues: Mapping[str, IQueue]) -> list[IMetric]:
    return [
        aws(metric, "Maximum", queue.queue_name).with_(label=name) for name, queue in queues.items()
    ]


def _depth(queues: Mapping[str, IQueue]) -> list[IMetric]:
    return _of_queues(AwsMetric.VISIBLE, queues)


def _graph(
    title: str,
    metrics: Sequence[IMetric],
    *,
    stacked: bool = False,
    limits: Mapping[str, float] = MappingProxyType({}),
) -> GraphWidget:
    """Show metrics over time, with the limits that are to be kept, each by its label."""
    kept = [HorizontalAnnotation(value=limit, label=label) for label, limit in limits.items()]
    return GraphWidget(
        title=title,
        left=list(metrics),
        stacked=stacked,
        left_annotations=kept,
        width=GRAPH,
        height=GRAPH,
    )
