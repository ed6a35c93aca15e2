"""The bucket with uploaded symbol files, their packs, and records of what replaced what."""

from aws_cdk import Duration, Stack
from aws_cdk.aws_s3 import LifecycleRule
from constructs import Construct

from infra.constructs import permissions
from infra.constructs.acknowledged import acknowledge
from infra.constructs.kept_bucket import PARTS_AGE, kept_bucket, tell_of_objects
from infra.constructs.stored import symbol_bucket_name, symbol_queue_name
from infra.settings import Settings
from moonwalk.contracts.symbols import UPLOAD_PREFIXES


class SymbolBucket(Construct):
    """Only what was replaced is ever forgotten."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        replaced = LifecycleRule(
            id="replaced",
            noncurrent_version_expiration=Duration.days(settings.symbol_noncurrent_days),
            abort_incomplete_multipart_upload_after=PARTS_AGE,
        )
        name = symbol_bucket_name(Stack.of(self), settings)
        self.bucket = kept_bucket(self, name, [replaced])
        tell_of_objects(
            self.bucket, settings.symbol_events, symbol_queue_name(settings), UPLOAD_PREFIXES
        )
        for uploads, principals in settings.symbol_uploaders:
            for statement in permissions.upload_symbols(self.bucket, uploads, principals):
                self.bucket.add_to_resource_policy(statement)
        acknowledge(
            self.bucket,
            "Who uploaded what stands in the packs' metadata and in the records of changes.",
            "AwsSolutions-S1",
        )
