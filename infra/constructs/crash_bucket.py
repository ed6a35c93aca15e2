"""The bucket with raw crashes, dumps and processed crashes."""

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk.aws_s3 import (
    BlockPublicAccess,
    Bucket,
    BucketEncryption,
    CfnBucket,
    LifecycleRule,
    ObjectOwnership,
)
from constructs import Construct

from infra.constructs.acknowledged import acknowledge
from infra.constructs.stored import bucket_name, standard_queue_name
from infra.settings import Settings
from moonwalk.contracts.storage import PROCESSED_CRASH_PREFIX, RAW_CRASH_PREFIX

PARTS_DAYS = 2
"""Parts of an upload that nobody finishes are of no use to anybody."""


class CrashBucket(Construct):
    """Versioned, encrypted, closed to the public, forgetful by setting."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.bucket = Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name(Stack.of(self), settings),
            encryption=BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            lifecycle_rules=_lifecycle(settings),
            removal_policy=RemovalPolicy.RETAIN,
        )
        self._notify(settings)
        acknowledge(
            self.bucket,
            "Every crash is read a few times; who needs to know by whom turns on CloudTrail's "
            "data events, which do not need a second bucket.",
            "AwsSolutions-S1",
        )

    def _notify(self, settings: Settings) -> None:
        """Set the property itself: the construct's own way adds a function that runs at deploy."""
        resource = self.bucket.node.default_child
        if not isinstance(resource, CfnBucket):
            raise TypeError("the bucket's construct has no CloudFormation resource of its own")
        if settings.s3_events == "eventbridge":
            resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
                event_bridge_configuration=CfnBucket.EventBridgeConfigurationProperty(
                    event_bridge_enabled=True
                )
            )
        if settings.s3_events == "notification":
            resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
                queue_configurations=[_raw_crashes_to(standard_queue_name(settings), self)]
            )


def _raw_crashes_to(queue_name: str, scope: Construct) -> CfnBucket.QueueConfigurationProperty:
    key = CfnBucket.S3KeyFilterProperty(
        rules=[CfnBucket.FilterRuleProperty(name="prefix", value=RAW_CRASH_PREFIX)]
    )
    return CfnBucket.QueueConfigurationProperty(
        event="s3:ObjectCreated:*",
        queue=f"arn:{Aws.PARTITION}:sqs:{Aws.REGION}:{Stack.of(scope).account}:{queue_name}",
        filter=CfnBucket.NotificationFilterProperty(s3_key=key),
    )


def _lifecycle(settings: Settings) -> list[LifecycleRule]:
    """Expire the bucket as a whole: dumps lie below names that collectors choose."""
    return [
        LifecycleRule(
            id="crashes",
            expiration=Duration.days(settings.crash_days),
            noncurrent_version_expiration=Duration.days(settings.noncurrent_days),
            abort_incomplete_multipart_upload_after=Duration.days(PARTS_DAYS),
        ),
        LifecycleRule(
            id="processed-crashes",
            prefix=PROCESSED_CRASH_PREFIX,
            expiration=Duration.days(settings.processed_days),
        ),
    ]
