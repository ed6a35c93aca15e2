"""Alarms on what the clock starts: rounds that nobody tells of, or that fail one after the other.

A function that runs once a minute and always fails has five errors in five minutes: among those of
all functions they are nothing.
"""

from aws_cdk import Duration
from aws_cdk.aws_lambda import IFunction
from constructs import Construct

from infra.constructs.watching import any_of, aws, own, watch_over
from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Watch
from infra.settings import Settings
from moonwalk.metrics import Metric

TELLS = {"keeper": Metric.KNOBS_TURNED, "releaser": Metric.NEWS_WAITING}
"""What a function tells at the end of each round, which is every minute."""
TIMES = 2
"""Of five minutes without a word: a deployment's change of versions is over in them."""
FAILED_ROUNDS = 3
"""Of the four that the asker has in an hour; it tells nothing that could be missed."""


class RoundAlarms(Construct):
    """One for each function that has no other word awaited.

    Attributes:
        rule: of a composite alarm, raised by any of them.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, asker: IFunction | None
    ) -> None:
        """Take the asker, which there is with symbol sources only."""
        super().__init__(scope, construct_id)
        names = [
            watch_over(
                self,
                settings,
                Watch.ROUNDS_MISSED,
                own(metric, "SampleCount"),
                subject=function,
                limit=0,
                times=TIMES,
                below=True,
                silence_breaches=True,
            )
            for function, metric in TELLS.items()
        ]
        if asker is not None:
            names.append(self._failing(settings, asker))
        self.rule = any_of(names)

    def _failing(self, settings: Settings, asker: IFunction) -> str:
        hour = Duration.hours(1)
        return watch_over(
            self,
            settings,
            Watch.ROUNDS_MISSED,
            aws(AwsMetric.ERRORS, "Sum", asker.function_name, period=hour),
            subject="asker",
            limit=FAILED_ROUNDS,
        )
