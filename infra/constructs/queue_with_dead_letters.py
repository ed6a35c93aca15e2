"""A queue that never exists without its dead-letter queue, its times and its alarms."""

from aws_cdk import Duration
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct

from infra.alarm_settings import Alarms
from infra.constructs.watching import aws, watch_over
from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Watch
from infra.settings import Settings


class QueueWithDeadLetters(Construct):
    """A standard queue, what could not be used of it, and what is raised by a backlog.

    Attributes:
        late: names of the alarms on depth and on age. Depth, too: the age overlooks messages that
            were received three times.
        laid_aside: name of the alarm on dead letters.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        visibility: Duration,
        alarms: Alarms,
        subject: str,
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
        self.late = [
            self._watch(settings, Watch.VISIBLE, AwsMetric.VISIBLE, alarms.visible, subject),
            self._watch(settings, Watch.OLDEST, AwsMetric.AGE, alarms.age_seconds, subject),
        ]
        self.laid_aside = watch_over(
            self,
            settings,
            Watch.DEAD_LETTERS,
            aws(AwsMetric.VISIBLE, "Maximum", self.dead_letters.queue_name),
            subject=subject,
            limit=1,
        )

    def _watch(
        self, settings: Settings, watch: Watch, metric: AwsMetric, limit: int, subject: str
    ) -> str:
        return watch_over(
            self,
            settings,
            watch,
            aws(metric, "Maximum", self.queue.queue_name),
            subject=subject,
            limit=limit,
        )
