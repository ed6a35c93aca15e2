"""Signature lists of a team's own, which lie in S3 and are fetched when a process starts."""

from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from moonwalk.adapters import aws_errors
from moonwalk.adapters.signature_lists import NAMES, UnusableListsError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_BYTES = 1024 * 1024
"""Of a list; siggen's longest has 20 KB."""
_SCHEME = "s3://"


def fetch(client: "S3Client", address: str, folder: Path) -> Path:
    """Fetch the lists that are there into a folder, and give it.

    Args:
        client: of S3.
        address: `s3://bucket/prefix/`, below which the lists lie as `<name>.txt`.
        folder: where to.

    Raises:
        UnusableListsError: when they cannot be read, or there are none.
    """
    bucket, _, prefix = address.removeprefix(_SCHEME).partition("/")
    folder.mkdir(parents=True, exist_ok=True)
    found = False
    for name in NAMES:
        content = _content(client, bucket, f"{prefix}{name}.txt")
        (folder / f"{name}.txt").write_bytes(content or b"")
        found = found or content is not None
    if not found:
        raise UnusableListsError(f"there are no signature lists below {address}")
    return folder


def _content(client: "S3Client", bucket: str, key: str) -> bytes | None:
    try:
        content = client.get_object(Bucket=bucket, Key=key)["Body"].read(MOST_BYTES + 1)
    except ClientError as error:
        if aws_errors.error_code(error) == "NoSuchKey":
            return None
        raise UnusableListsError(f"{key} cannot be read from {bucket}: {error}") from error
    except (BotoCoreError, OSError) as error:
        raise UnusableListsError(f"{key} cannot be read from {bucket}: {error}") from error
    if len(content) > MOST_BYTES:
        raise UnusableListsError(f"{key} in {bucket} is larger than {MOST_BYTES} bytes")
    return content
