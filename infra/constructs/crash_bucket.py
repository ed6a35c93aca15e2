"""The bucket with raw crashes, dumps and processed crashes."""

from aws_cdk import Duration, Stack
from aws_cdk.aws_s3 import LifecycleRule
from constructs import Construct

from infra.constructs.acknowledged import acknowledge
from infra.constructs.kept_bucket import PARTS_AGE, kept_bucket, tell_of_objects
from infra.constructs.stored import bucket_name, standard_queue_name
from infra.settings import Settings
from moonwalk.contracts.storage import PROCESSED_CRASH_PREFIX, RAW_CRASH_PREFIX


class CrashBucket(Construct):
    """Forgetful by setting."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        name = bucket_name(Stack.of(self), settings)
        self.bucket = kept_bucket(self, name, _lifecycle(settings))
        tell_of_objects(
            self.bucket, settings.s3_events, standard_queue_name(settings), [RAW_CRASH_PREFIX]
        )
        acknowledge(
            self.bucket,
            "Every crash is read a few times; who needs to know by whom turns on CloudTrail's "
            "data events, which do not need a second bucket.",
            "AwsSolutions-S1",
        )


def _lifecycle(settings: Settings) -> list[LifecycleRule]:
    """Expire the bucket as a whole: dumps lie below names that collectors choose."""
    return [
        LifecycleRule(
            id="crashes",
            expiration=Duration.days(settings.crash_days),
            noncurrent_version_expiration=Duration.days(settings.noncurrent_days),
            abort_incomplete_multipart_upload_after=PARTS_AGE,
        ),
        LifecycleRule(
            id="processed-crashes",
            prefix=PROCESSED_CRASH_PREFIX,
            expiration=Duration.days(settings.processed_days),
        ),
    ]
