"""The bucket with what is public of processed crashes, apart from all that is protected."""

from aws_cdk import Duration, Stack
from aws_cdk.aws_s3 import LifecycleRule
from constructs import Construct

from infra.constructs.acknowledged import acknowledge
from infra.constructs.kept_bucket import PARTS_AGE, kept_bucket
from infra.constructs.stored import public_bucket_name
from infra.settings import Settings


class PublicBucket(Construct):
    """Forgetful as the crash bucket is, and closed: who may read what is public is granted it."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        rule = LifecycleRule(
            id="public-crashes",
            expiration=Duration.days(settings.processed_days),
            noncurrent_version_expiration=Duration.days(settings.noncurrent_days),
            abort_incomplete_multipart_upload_after=PARTS_AGE,
        )
        self.bucket = kept_bucket(self, public_bucket_name(Stack.of(self), settings), [rule])
        acknowledge(
            self.bucket,
            "There is nothing in it that not everybody may see.",
            "AwsSolutions-S1",
        )
