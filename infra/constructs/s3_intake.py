"""How a raw crash that appears in the bucket becomes a message, without anybody sending one."""

from aws_cdk import Aws
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_s3 import IBucket
from aws_cdk.aws_sqs import Queue
from constructs import Construct

from infra.settings import Settings
from moonwalk.contracts.storage import RAW_CRASH_PREFIX


class S3Intake(Construct):
    """Leads the bucket's events to a queue, by the way that the settings choose, if any."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        bucket: IBucket,
        queue: Queue,
        dead_letters: Queue,
    ) -> None:
        super().__init__(scope, construct_id)
        if settings.s3_events == "eventbridge":
            self._rule(bucket, SqsQueue(queue, dead_letter_queue=dead_letters))
        if settings.s3_events == "notification":
            queue.add_to_resource_policy(bucket_may_send(bucket, queue))

    def _rule(self, bucket: IBucket, target: SqsQueue) -> None:
        raw_crashes = EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [bucket.bucket_name]},
                "object": {"key": [{"prefix": RAW_CRASH_PREFIX}]},
            },
        )
        Rule(self, "RawCrashes", event_pattern=raw_crashes, targets=[target])


def bucket_may_send(bucket: IBucket, queue: Queue) -> PolicyStatement:
    """Let a bucket of this account notify a queue."""
    return PolicyStatement(
        principals=[ServicePrincipal("s3.amazonaws.com")],
        actions=["sqs:SendMessage"],
        resources=[queue.queue_arn],
        conditions={
            "ArnEquals": {"aws:SourceArn": bucket.bucket_arn},
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
        },
    )
