"""The symbol bucket: uploads, packs under compare and swap, and records of changes."""

import errno
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import error_code, http_status, told_as_retry_later
from moonwalk.adapters.conditional_put import put_on_condition
from moonwalk.adapters.json_text import to_json
from moonwalk.adapters.stored_content import CHUNK
from moonwalk.adapters.text import ascii_only
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetter, DeadLetterCode, RetryCode, RetryLater
from moonwalk.domain.symbols import FINE, Change, PackFacts, StoredPack, SymbolKey, Upload
from moonwalk.symbol_ports import NewPack

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_UPLOADER = 256
"""Characters. The longest name that AWS gives to a caller is shorter."""
MAX_ORIGIN = 1024
"""Characters; a source with a longer address is refused by the settings."""
_PACK_TYPE = "application/octet-stream"
_ABSENT = frozenset({"404", "NoSuchKey"})


@dataclass(frozen=True, slots=True)
class S3SymbolStore:
    """A `SymbolStore` on S3.

    Attributes:
        max_upload_bytes: of an upload as it is stored.
    """

    client: "S3Client"
    bucket: str
    max_upload_bytes: int

    def pack(self, key: SymbolKey) -> StoredPack | None:
        """Tell of the pack in force, by one HEAD."""
        place = keys.pack(key)
        with told_as_retry_later(f"looking for {place}"):
            found = self._head(place)
        return read_stored_pack(found) if found else None

    def upload(self, key: SymbolKey) -> Upload | None:
        """Tell of an upload, by one HEAD."""
        place = keys.upload(key)
        with told_as_retry_later(f"looking for {place}"):
            found = self._head(place)
        return _upload(found) if found else None

    def fetch(self, key: SymbolKey, to: Path) -> Upload | None:
        """Stream an upload into a file, as it is stored."""
        place = keys.upload(key)
        with told_as_retry_later(f"reading {place}"):
            try:
                found = self.client.get_object(Bucket=self.bucket, Key=place)
            except ClientError as error:
                if error_code(error) not in _ABSENT:
                    raise
                return None
            with closing(found["Body"]) as body:
                if found["ContentLength"] > self.max_upload_bytes:
                    raise _too_large(place, self.max_upload_bytes)
                with to.open("wb") as file:
                    for piece in iter(lambda: body.read(CHUNK), b""):
                        _write(file, piece, place)
        return _upload(found)

    def put_pack(self, key: SymbolKey, new: NewPack, *, replacing: StoredPack | None) -> bool:
        """Store a pack by `If-None-Match` where there was none, else by `If-Match`."""
        place = keys.pack(key)
        condition = {"IfMatch": replacing.etag} if replacing else {"IfNoneMatch": "*"}
        with told_as_retry_later(f"storing {place}"), new.made.file.open("rb") as body:
            return put_on_condition(
                self.client,
                Bucket=self.bucket,
                Key=place,
                Body=body,
                ContentType=_PACK_TYPE,
                Metadata=_metadata(new),
                **condition,
            )

    def record_change(self, key: SymbolKey, change: Change) -> None:
        """Write the record of a change, unless it is there."""
        place = keys.change(key, change)
        with told_as_retry_later(f"recording {place}"):
            put_on_condition(
                self.client,
                Bucket=self.bucket,
                Key=place,
                Body=to_json(keys.encode_change(key, change)),
                ContentType="application/json",
                IfNoneMatch="*",
            )

    def mark_refused(self, object_key: str, upload: Upload | None, code: DeadLetterCode) -> None:
        """Tag an upload: its bytes and its version stay what they are."""
        tags = {"TagSet": [{"Key": keys.REFUSED_TAG, "Value": code.value}]}
        with told_as_retry_later("marking a refused upload"):
            self._if_there(self.client.put_object_tagging, object_key, upload, Tagging=tags)

    def unmark(self, object_key: str, upload: Upload) -> None:
        """Take the tags away."""
        with told_as_retry_later("unmarking an upload"):
            self._if_there(self.client.delete_object_tagging, object_key, upload)

    def _if_there(self, call: Any, object_key: str, upload: Upload | None, **given: Any) -> None:
        version = {"VersionId": upload.version} if upload and upload.version else {}
        try:
            call(Bucket=self.bucket, Key=object_key, **version, **given)
        except ClientError as error:
            if http_status(error) not in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
                raise

    def _head(self, place: str) -> Mapping[str, Any] | None:
        try:
            return self.client.head_object(Bucket=self.bucket, Key=place)
        except ClientError as error:
            if error_code(error) not in _ABSENT:
                raise
            return None


def _write(file: IO[bytes], piece: bytes, place: str) -> None:
    try:
        file.write(piece)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise RetryLater(
            RetryCode.SCRATCH_FULL, f"{place} does not fit where it is packed"
        ) from error


def read_stored_pack(found: Mapping[str, Any]) -> StoredPack:
    """Read a pack's metadata; what a pack of somebody else's making lacks is empty."""
    metadata = found["Metadata"]
    facts = PackFacts(
        text_sha256=metadata.get(keys.TEXT_SHA256, ""),
        text_bytes=_whole(metadata.get(keys.TEXT_BYTES, "")),
        verdict=metadata.get(keys.VERDICT, FINE),
    )
    return StoredPack(
        etag=found["ETag"],
        facts=facts,
        uploader=metadata.get(keys.UPLOADER, ""),
        upload_etag=metadata.get(keys.UPLOAD_ETAG, ""),
        replaced_sha256=metadata.get(keys.REPLACED_SHA256, ""),
        packed_at=_whole(metadata.get(keys.PACKED_AT, "")),
        origin=metadata.get(keys.ORIGIN, ""),
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _upload(found: Mapping[str, Any]) -> Upload:
    """Read what S3 says of an upload; events name its ETag without quotation marks."""
    uploader = found["Metadata"].get(keys.UPLOADER, "")
    return Upload(found["ETag"].strip('"'), found.get("VersionId", ""), uploader)


def _metadata(new: NewPack) -> dict[str, str]:
    facts = new.made.facts
    told = {
        keys.TEXT_SHA256: facts.text_sha256,
        keys.TEXT_BYTES: str(facts.text_bytes),
        keys.VERDICT: facts.verdict,
        keys.UPLOADER: ascii_only(new.uploader, MAX_UPLOADER),
        keys.UPLOAD_ETAG: new.upload_etag,
        keys.REPLACED_SHA256: new.replaced_sha256,
        keys.PACKED_AT: str(new.packed_at),
        keys.ORIGIN: ascii_only(new.origin, MAX_ORIGIN),
    }
    return {name: value for name, value in told.items() if value}


def _too_large(place: str, limit: int) -> DeadLetter:
    return DeadLetter(
        DeadLetterCode.SYMBOLS_TOO_LARGE, f"{place} has more bytes than the {limit} that are taken"
    )
