"""The bucket with uploaded symbol files, their packs, and records of what replaced what."""

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
from infra.constructs.crash_bucket import PARTS_DAYS
from infra.constructs.stored import symbol_bucket_name, symbol_queue_name
from infra.settings import Settings
from moonwalk.contracts.symbols import UPLOAD_PREFIXES


class SymbolBucket(Construct):
    """Versioned, encrypted, closed to the public; only what was replaced is ever forgotten."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.bucket = Bucket(
            self,
            "Bucket",
            bucket_name=symbol_bucket_name(Stack.of(self), settings),
            encryption=BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            lifecycle_rules=[
                LifecycleRule(
                    id="replaced",
                    noncurrent_version_expiration=Duration.days(settings.symbol_noncurrent_days),
                    abort_incomplete_multipart_upload_after=Duration.days(PARTS_DAYS),
                )
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self._notify(settings)
        acknowledge(
            self.bucket,
            "Who uploaded what stands in the packs' metadata and in the records of changes.",
            "AwsSolutions-S1",
        )

    def _notify(self, settings: Settings) -> None:
        """Set the property itself, as the crash bucket does and for the same reason."""
        resource = self.bucket.node.default_child
        if not isinstance(resource, CfnBucket):
            raise TypeError("the bucket's construct has no CloudFormation resource of its own")
        if settings.symbol_events == "eventbridge":
            resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
                event_bridge_configuration=CfnBucket.EventBridgeConfigurationProperty(
                    event_bridge_enabled=True
                )
            )
            return
        resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                _uploads_below(prefix, symbol_queue_name(settings), self)
                for prefix in UPLOAD_PREFIXES
            ]
        )


def _uploads_below(
    prefix: str, queue_name: str, scope: Construct
) -> CfnBucket.QueueConfigurationProperty:
    key = CfnBucket.S3KeyFilterProperty(
        rules=[CfnBucket.FilterRuleProperty(name="prefix", value=prefix)]
    )
    return CfnBucket.QueueConfigurationProperty(
        event="s3:ObjectCreated:*",
        queue=f"arn:{Aws.PARTITION}:sqs:{Aws.REGION}:{Stack.of(scope).account}:{queue_name}",
        filter=CfnBucket.NotificationFilterProperty(s3_key=key),
    )
