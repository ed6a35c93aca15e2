"""A table of versions, a JSON object `product:channel:build id` → version, in a file or in S3."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from moonwalk.adapters.stored_content import UnusableContentError, decoded, parse_json
from moonwalk.adapters.versions.lookup import Build, LookUpError, version_of
from moonwalk.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_BYTES = 32 * 1024**2
"""Of a table, unpacked; a year of betas has a thousandth of it."""
FRESH_SECONDS = 600.0
"""For so long a table counts as current."""


class VersionTable:
    """A `VersionPlace` that reads its table again from time to time.

    A table that cannot be read again stays in force as it was.
    """

    def __init__(self, content: Callable[[], bytes], clock: Clock) -> None:
        """Take what reads the table.

        Args:
            content: gives the table's bytes; raises `LookUpError`.
            clock: says when it is old.
        """
        self._content = content
        self._clock = clock
        self._lock = Lock()
        self._table: Mapping[str, Any] | None = None
        self._read_at = 0.0

    def find(self, build: Build) -> str | None:
        """Give what the table says of a build."""
        return version_of(self._current().get(":".join(build), ""))

    def _current(self) -> Mapping[str, Any]:
        with self._lock:
            now = self._clock.now()
            if self._table is None or not 0 <= now - self._read_at < FRESH_SECONDS:
                try:
                    self._table = _parsed(self._content())
                except LookUpError:
                    if self._table is None:
                        raise
                self._read_at = now
            return self._table


def in_file(path: Path) -> Callable[[], bytes]:
    """Give what reads a table in a file."""

    def content() -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError as error:
            raise LookUpError(f"the table of versions cannot be read: {error.strerror}") from error

    return content


def in_bucket(client: "S3Client", bucket: str, key: str) -> Callable[[], bytes]:
    """Give what reads a table, plain or gzip, in an object of S3."""

    def content() -> bytes:
        try:
            found = client.get_object(Bucket=bucket, Key=key)
            with closing(found["Body"]) as body:
                return b"".join(decoded(body, found.get("ContentEncoding"), MOST_BYTES))
        except (BotoCoreError, ClientError, OSError, UnusableContentError) as error:
            raise LookUpError("the table of versions cannot be read from S3") from error

    return content


def _parsed(content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise LookUpError(f"the table of versions is larger than {MOST_BYTES} bytes")
    try:
        table = parse_json(content)
    except UnusableContentError as error:
        raise LookUpError(f"the table of versions: {error}") from error
    if not isinstance(table, dict):
        raise LookUpError("the table of versions is no JSON object")
    return table
