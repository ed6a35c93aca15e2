"""Who is told when the pipeline does not hold its speed, and what there is to look at then."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from infra.constructs.alarm_topic import AlarmTopic
from infra.constructs.dashboard import OperatorDashboard
from infra.constructs.disk_credit_alarms import DiskCreditAlarms
from infra.constructs.fugue_alarm import FugueAlarm
from infra.constructs.fugue_signs import FugueSigns
from infra.constructs.lag_alarms import FRESH, LagAlarms
from infra.constructs.lane_alarms import LaneAlarms
from infra.constructs.pages import Pages
from infra.constructs.round_alarms import RoundAlarms
from infra.constructs.symbol_alarms import SymbolAlarms
from infra.constructs.watched_queues import WatchedQueues
from infra.constructs.watching import aws, math, own
from infra.constructs.worker_alarms import WorkerAlarms
from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Watch
from infra.settings import Settings
from infra.stacks.pipeline import PipelineStack
from moonwalk.domain.lane import Lane
from moonwalk.domain.request import QueueClass
from moonwalk.metrics import Metric


class ObservabilityStack(Stack):
    """Alarms and the dashboard. Each queue's own alarms stand beside it, and tell nobody."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        pipeline: PipelineStack,
        **stack: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        queues = WatchedQueues(pipeline.intake, pipeline.heavy_queues, pipeline.symbol_queue)
        signs = _signs(pipeline)
        credit = DiskCreditAlarms(self, "DiskCredit", settings=settings)
        light = FugueAlarm(self, "LightFugue", settings=settings, signs=signs[Lane.LIGHT])
        heavy = FugueAlarm(
            self, "HeavyFugue", settings=settings, signs=signs[Lane.HEAVY], more=credit.names
        )
        lag = LagAlarms(self, "Lag", settings=settings)
        lanes = LaneAlarms(
            self,
            "Lanes",
            settings=settings,
            functions=pipeline.functions,
            workflows={
                Lane.LIGHT: pipeline.light.state_machine,
                Lane.HEAVY: pipeline.heavy.state_machine,
            },
        )
        workers = WorkerAlarms(self, "Workers", settings=settings, queues=queues.workers_read)
        rounds = RoundAlarms(self, "Rounds", settings=settings, asker=pipeline.asker)
        symbols = SymbolAlarms(self, "Symbols", settings=settings)
        fugue = f"{light.rule} OR {heavy.rule}"
        pages = Pages(
            self,
            "Pages",
            settings=settings,
            rules={
                Watch.FUGUE: fugue,
                Watch.LATE: f"{lag.rule} OR {queues.late(*FRESH)}",
                Watch.BULK_LATE: queues.late(QueueClass.REPROCESSING),
                Watch.LAID_ASIDE: queues.laid_aside,
                Watch.FAILING: lanes.rule,
                Watch.UNTENDED: lanes.overdue,
                Watch.CLOCKWORK: rounds.rule,
                Watch.WORKERS: workers.short,
                Watch.WORKERS_GONE: workers.silent,
                Watch.SYMBOLS: f"{symbols.rule} OR {queues.symbols_late}",
            },
            explained=f"{fugue} OR {workers.silent} OR {lanes.explains}",
            after=[credit, light, heavy, lag, lanes, rounds, workers, symbols],
            tell=AlarmTopic(self, "Alarms", settings=settings).action,
        )
        OperatorDashboard(
            self,
            "Operator",
            settings=settings,
            pages=pages.alarms,
            queues=queues,
            signs=list(signs.values()),
            failures=lanes.failures,
        )


def _signs(pipeline: PipelineStack) -> dict[Lane, FugueSigns]:
    walker = aws(AwsMetric.DURATION, "Sum", pipeline.walker.function_name)
    return {
        Lane.LIGHT: FugueSigns(
            Lane.LIGHT,
            list(pipeline.intake.queues.values()),
            math("walker_ms / 1000", {"walker_ms": walker}),
        ),
        Lane.HEAVY: FugueSigns(
            Lane.HEAVY,
            list(pipeline.heavy_queues.queues.values()),
            # Every worker tells of its slots once a minute.
            math("60 * beats", {"beats": own(Metric.SLOTS_BUSY, "Sum")}),
        ),
    }
