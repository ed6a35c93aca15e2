"""What the rules of a deployment may do beside what every walking part may."""

from aws_cdk import Aws
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.constructs.acknowledged import acknowledge_below
from infra.constructs.stored import Stored
from infra.settings import Settings
from moonwalk.contracts import storage

_SCHEME = "s3://"


def rule_permissions(settings: Settings, stored: Stored) -> list[PolicyStatement]:
    """Read signature lists and versions, and write what is public, as far as that is asked for."""
    return [
        *_read(_lists(settings), listed=True),
        *_read(_versions(settings), listed=False),
        *(_export(stored.public) if stored.public else ()),
    ]


def acknowledge_rules(construct: Construct, settings: Settings, stored: Stored) -> None:
    """Accept that all lists may be read, and that every public crash be written."""
    lists = _lists(settings)
    acknowledge_below(construct, "There are up to four signature lists below it.", *lists)
    if stored.public:
        place = _exported(stored.public)
        acknowledge_below(construct, "Every crash has an object of its own below it.", place)


def _export(bucket: IBucket) -> list[PolicyStatement]:
    """Write, and look at what is there before it is replaced."""
    return [
        PolicyStatement(actions=["s3:PutObject", "s3:GetObject"], resources=[_exported(bucket)]),
        PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
    ]


def _exported(bucket: IBucket) -> str:
    return bucket.arn_for_objects(f"{storage.PUBLIC_CRASH_PREFIX}*")


def _read(objects: list[str], *, listed: bool) -> list[PolicyStatement]:
    """Read objects; listing is what makes S3 say 404 of a missing one rather than 403."""
    buckets = sorted({place.partition("/")[0] for place in objects if listed})
    read = [PolicyStatement(actions=["s3:GetObject"], resources=objects)] if objects else []
    return read + [
        PolicyStatement(actions=["s3:ListBucket"], resources=[bucket]) for bucket in buckets
    ]


def _lists(settings: Settings) -> list[str]:
    return [f"{place}*" for place in _in_s3(settings.signature_lists)]


def _versions(settings: Settings) -> list[str]:
    return _in_s3(settings.versions)


def _in_s3(address: str) -> list[str]:
    if not address.startswith(_SCHEME):
        return []
    return [f"arn:{Aws.PARTITION}:s3:::{address.removeprefix(_SCHEME)}"]
