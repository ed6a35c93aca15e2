"""A bucket of symbol files under Tecken's keys, plain or gzip by their `Content-Encoding`."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from moonwalk.adapters import aws_errors
from moonwalk.adapters.sources.inflate import unpacked
from moonwalk.adapters.sources.limits import CHUNK, LIMITS, Deadline, Limits, SourceError, tried
from moonwalk.adapters.sources.text import stored
from moonwalk.adapters.stored_content import Readable
from moonwalk.domain.failures import RetryCode
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Answer, Found, Reason, Source

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NOT_FOUND = "NoSuchKey"
"""The only 404 that means absence; a missing bucket is a wrong deployment."""


@dataclass(frozen=True, slots=True)
class BucketSource:
    """A `SymbolSource` on S3; the source's address is `bucket/prefix`.

    Attributes:
        client: it repeats requests by itself; broken bodies are repeated here.
    """

    source: Source
    client: "S3Client"
    limits: Limits = LIMITS
    sleep: Callable[[float], None] = sleep

    def place_of(self, module: LoadedModule) -> Absent:  # noqa: ARG002 - as the port has it
        """A bucket knows no code ids."""
        return Absent()

    def fetch(self, place: SymbolPlace, module: LoadedModule, to: Path) -> Answer:  # noqa: ARG002 - the port
        """Stream the text of a place into a file."""
        return tried(lambda deadline: self._once(place, to, deadline), self.limits, self.sleep)

    def _once(self, place: SymbolPlace, to: Path, deadline: Deadline) -> Answer:
        bucket, _, prefix = self.source.address.partition("/")
        key = f"{prefix.rstrip('/')}/{place.path}" if prefix else place.path
        try:
            found = self.client.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if self._means_absent(error):
                return Absent()
            raise _told(error) from error
        except ParamValidationError:
            raise
        except BotoCoreError as error:
            raise SourceError(Reason.UNREACHABLE, "the bucket does not answer") from error
        with closing(found["Body"]) as body:
            pieces = _pieces(body, self.limits, deadline)
            text = unpacked(pieces, found.get("ContentEncoding", ""), self.limits)
            return Found(stored(text, place, to), etag=found.get("ETag"))

    def _means_absent(self, error: ClientError) -> bool:
        if aws_errors.error_code(error) == _NOT_FOUND:
            return True
        status = aws_errors.http_status(error)
        return status != 404 and status in self.source.absent  # noqa: PLR2004 - see _NOT_FOUND


def _told(error: ClientError) -> SourceError:
    code, status = aws_errors.error_code(error), aws_errors.http_status(error)
    detail = f"the bucket answered {code}"
    if aws_errors.retry_code(code, status) is RetryCode.THROTTLED:
        return SourceError(Reason.THROTTLED, detail)
    server = status >= 500  # noqa: PLR2004 - HTTP's
    return SourceError(Reason.SERVER_ERROR if server else Reason.REFUSED, detail)


def _pieces(body: Readable, limits: Limits, deadline: Deadline) -> Iterator[bytes]:
    received = 0
    while True:
        deadline.left()
        try:
            piece = body.read(CHUNK)
        except (BotoCoreError, OSError) as error:
            raise SourceError(Reason.CUT_SHORT, "the bucket's answer broke off") from error
        if not piece:
            return
        received += len(piece)
        if received > limits.stored_bytes:
            raise SourceError(Reason.TOO_LARGE, f"it is larger than {limits.stored_bytes} bytes")
        yield piece
