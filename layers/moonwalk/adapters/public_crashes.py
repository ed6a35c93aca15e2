"""The bucket with what is public of processed crashes, for readers who may see no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moonwalk.adapters import aws_errors
from moonwalk.adapters.conditional_put import put_unless_newer
from moonwalk.adapters.json_text import to_json
from moonwalk.adapters.stored_json import stored_json
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.ledger import Fence

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class S3PublicCrashes:
    """`PublicCrashes` on S3.

    Attributes:
        encoding: `gzip` or `identity`.
    """

    client: "S3Client"
    bucket: str
    encoding: str

    def publish(self, crash_id: CrashId, public: Mapping[str, Any], fence: Fence) -> bool:
        """Store it unless a newer run has stored one."""
        key, stored = storage.public_crash(crash_id), stored_json(to_json(public), self.encoding)
        with aws_errors.told_as_retry_later(f"storing what is public of {crash_id}"):
            return put_unless_newer(self.client, self.bucket, key, stored, fence)
