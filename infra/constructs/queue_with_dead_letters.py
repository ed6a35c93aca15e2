"""A queue that never exists without its dead-letter queue, its times and its alarms."""

from aws_cdk import Duration
from aws_cdk.aws_cloudwatch import ComparisonOperator, IAlarmAction, Metric, TreatMissingData
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct

from infra.settings import Alarms, Settings

ALARM_PERIOD = Duration.minutes(5)
"""SQS publishes once a minute; five of them keep one slow poll from waking anybody."""


class QueueWithDeadLetters(Construct):
    """A standard queue, what could not be used of it, and who hears of a backlog."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        visibility: Duration,
        alarms: Alarms,
        tell: IAlarmAction,
        queue_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = Queue(
            self,
            "DeadLetters",
            retention_period=Duration.days(settings.dead_letter_days),
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self.queue = Queue(
            self,
            "Queue",
            queue_name=queue_name,
            visibility_timeout=visibility,
            retention_period=Duration.days(settings.message_days),
            receive_message_wait_time=Duration.seconds(20),
            dead_letter_queue=DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=settings.max_receives
            ),
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self._watch(alarms, tell)

    def _watch(self, alarms: Alarms, tell: IAlarmAction) -> None:
        """Alarm on depth, too: the age overlooks messages that were received three times."""
        visible = self.queue.metric_approximate_number_of_messages_visible
        age = self.queue.metric_approximate_age_of_oldest_message
        dead = self.dead_letters.metric_approximate_number_of_messages_visible
        self._alarm(
            "Backlog",
            visible(period=ALARM_PERIOD, statistic="Maximum"),
            alarms.visible,
            "More messages wait than the lane works off in good time.",
            tell,
        )
        self._alarm(
            "Lag",
            age(period=ALARM_PERIOD, statistic="Maximum"),
            alarms.age_seconds,
            "The oldest message has waited too long.",
            tell,
        )
        self._alarm(
            "DeadLetter",
            dead(period=ALARM_PERIOD, statistic="Maximum"),
            1,
            "A request could not be used; its attributes tell why.",
            tell,
        )

    def _alarm(
        self, name: str, metric: Metric, threshold: int, meaning: str, tell: IAlarmAction
    ) -> None:
        alarm = metric.create_alarm(
            self,
            f"{name}Alarm",
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            alarm_description=f"{self.node.id}: {meaning}",
            # An idle queue stops publishing: silence is a queue at rest.
            treat_missing_data=TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(tell)
