"""What the buckets have in common: versioned, encrypted, closed to the public, kept for good."""

from collections.abc import Iterable, Sequence

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

PARTS_AGE = Duration.days(2)
"""Parts of an upload that nobody finishes are of no use to anybody."""


def kept_bucket(scope: Construct, bucket_name: str, rules: Sequence[LifecycleRule]) -> Bucket:
    """Make a bucket that stays when its stack goes."""
    return Bucket(
        scope,
        "Bucket",
        bucket_name=bucket_name,
        encryption=BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        block_public_access=BlockPublicAccess.BLOCK_ALL,
        object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=True,
        lifecycle_rules=rules,
        removal_policy=RemovalPolicy.RETAIN,
    )


def tell_of_objects(bucket: Bucket, how: str, queue_name: str, prefixes: Iterable[str]) -> None:
    """Tell of new objects by EventBridge, or those below prefixes to a queue by notification.

    Sets the property itself: the construct's own way adds a function that runs at deployment.
    How is `eventbridge`, `notification`, or anything else for not at all.
    """
    resource = bucket.node.default_child
    if not isinstance(resource, CfnBucket):
        raise TypeError("the bucket's construct has no CloudFormation resource of its own")
    if how == "eventbridge":
        resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
    if how == "notification":
        resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[_below(prefix, queue_name, bucket) for prefix in prefixes]
        )


def _below(prefix: str, queue_name: str, bucket: Bucket) -> CfnBucket.QueueConfigurationProperty:
    key = CfnBucket.S3KeyFilterProperty(
        rules=[CfnBucket.FilterRuleProperty(name="prefix", value=prefix)]
    )
    account = Stack.of(bucket).account
    return CfnBucket.QueueConfigurationProperty(
        event="s3:ObjectCreated:*",
        queue=f"arn:{Aws.PARTITION}:sqs:{Aws.REGION}:{account}:{queue_name}",
        filter=CfnBucket.NotificationFilterProperty(s3_key=key),
    )
