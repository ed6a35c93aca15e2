"""The alarms that page: composites over all others, so that one anomaly pages once."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import AlarmRule, CompositeAlarm, IAlarmAction
from constructs import Construct, IConstruct

from infra.constructs.watching import alarm_name, construct_name, description
from infra.observability.watches import Watch
from infra.settings import Settings

_WAIT = Duration.minutes(15)
"""For the alarm that knows the cause, before one pages that knows the harm only. Harm that ends
sooner, as a burst's does once new workers have started, pages nobody."""
_AFTER = Duration.hours(1)
"""For which the harm may outlast its cause without a page of its own: windows of lag are long. Harm
that ends in it and comes again, or only begins in it, waits for `_WAIT` as it would without."""


class Pages(Construct):
    """A composite for each row that pages, and one that keeps consequences quiet.

    Attributes:
        alarms: those that page.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        rules: Mapping[Watch, str],
        explained: str,
        after: Sequence[IConstruct],
        tell: IAlarmAction,
    ) -> None:
        """Take the rule of each row, that of a known cause, and what children are made in."""
        super().__init__(scope, construct_id)
        self._settings, self._after = settings, after
        known = self._composite(Watch.EXPLAINED, explained)
        self.alarms = [
            self._composite(watch, rule, known if watch.value.unless_explained else None)
            for watch, rule in rules.items()
        ]
        for alarm in self.alarms:
            alarm.add_alarm_action(tell)

    def _composite(
        self, watch: Watch, rule: str, unless: CompositeAlarm | None = None
    ) -> CompositeAlarm:
        alarm = CompositeAlarm(
            self,
            construct_name(watch),
            composite_alarm_name=alarm_name(self._settings, watch),
            alarm_description=description(self._settings, watch.value),
            alarm_rule=AlarmRule.from_string(rule),
            actions_suppressor=unless,
            actions_suppressor_wait_period=_WAIT if unless else None,
            actions_suppressor_extension_period=_AFTER if unless else None,
        )
        # The rule names its children as text, in which CloudFormation sees no dependency.
        alarm.node.add_dependency(*self._after)
        return alarm
