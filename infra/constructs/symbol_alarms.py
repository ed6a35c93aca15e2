"""Alarms on symbols: uploads that have no pack, and news that reaches no crash."""

from aws_cdk import Duration
from constructs import Construct

from infra.constructs.watching import any_of, own, total, watch_over
from infra.observability.watches import Watch
from infra.settings import Settings
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.metrics import Metric

REFUSALS = (
    DeadLetterCode.NOT_SYMBOLS,
    DeadLetterCode.SYMBOLS_OF_ANOTHER_MODULE,
    DeadLetterCode.SYMBOLS_UNREADABLE,
    DeadLetterCode.SYMBOLS_TOO_LARGE,
    DeadLetterCode.PACKER_CRASHED,
    DeadLetterCode.BAD_SYMBOL_KEY,
    DeadLetterCode.TRIES_EXHAUSTED,
)
"""All reasons that an upload can be refused for; an alarm adds up at most ten metrics."""


class SymbolAlarms(Construct):
    """Two signs.

    Attributes:
        rule: of a composite alarm, raised by either.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        hour = Duration.hours(1)
        refused = total(
            (own(Metric.SYMBOLS_REFUSED, "Sum", hour, reason=each.value) for each in REFUSALS), hour
        )
        names = [
            watch_over(self, settings, Watch.REFUSALS, refused, limit=settings.refusal_alarm_count),
            watch_over(
                self,
                settings,
                Watch.NEWS_WAITING,
                own(Metric.NEWS_WAITING, "Minimum", hour),
                limit=settings.news_alarm_count,
            ),
        ]
        self.rule = any_of(names)
