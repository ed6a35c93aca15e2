"""Replacing an object unless a newer run has written it: compare and swap on S3's ETags.

The run that wrote an object stands in its metadata. Objects without it (Socorro's own, or those
of somebody's script) count as older than any run.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import error_code, http_status
from moonwalk.contracts.storage import ATTEMPT, SINCE
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import Fence

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_RACES = 8
"""Writers of one key are the runs of one crash, at most a few at a time; more is a storm."""

_LOST = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})
"""Answers to a conditional write that came second: 404 when the object was deleted meanwhile, 409
when both writes were under way. botocore repeats none of the three by itself."""
_NUMBER = re.compile(r"[0-9]{1,18}")


def put_unless_newer(
    client: "S3Client", bucket: str, key: str, stored: Mapping[str, Any], fence: Fence
) -> bool:
    """Store an object for a run; say whether the object there is that run's.

    Args:
        client: of S3.
        bucket: where.
        key: where.
        stored: body and headers, as `put_object` takes them.
        fence: which run.

    Raises:
        RetryLater: `throttled`, when others kept being faster.
    """
    metadata = {SINCE: str(fence.since), ATTEMPT: str(fence.attempt)}
    condition = {"IfNoneMatch": "*"}
    for _ in range(MAX_RACES):
        if put_on_condition(
            client, Bucket=bucket, Key=key, Metadata=metadata, **stored, **condition
        ):
            return True
        found = _head(client, bucket, key)
        if found is None:
            condition = {"IfNoneMatch": "*"}
            continue
        theirs = fence_of(found["Metadata"])
        if theirs is not None and theirs >= fence:
            return theirs == fence
        condition = {"IfMatch": found["ETag"]}
    raise RetryLater(RetryCode.THROTTLED, f"{key} is written to by too many at once")


def fence_of(metadata: Mapping[str, str]) -> Fence | None:
    """Tell which run wrote an object; None for an object that is not a run's."""
    since, attempt = metadata.get(SINCE, ""), metadata.get(ATTEMPT, "")
    if not (_NUMBER.fullmatch(since) and _NUMBER.fullmatch(attempt)):
        return None
    return Fence(int(since), int(attempt))


def put_on_condition(client: "S3Client", **call: Any) -> bool:
    """Put an object with `IfMatch` or `IfNoneMatch`; False when the condition does not hold."""
    try:
        client.put_object(**call)
    except ClientError as error:
        if http_status(error) not in _LOST or error_code(error) == "NoSuchBucket":
            raise
        return False
    return True


def _head(client: "S3Client", bucket: str, key: str) -> Mapping[str, Any] | None:
    try:
        return client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if http_status(error) != HTTPStatus.NOT_FOUND:
            raise
        return None
