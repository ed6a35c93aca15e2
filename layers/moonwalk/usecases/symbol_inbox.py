"""Reading a message of the symbol queue: which uploads are to be packed, what is needed?"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from moonwalk.contracts import schemas
from moonwalk.contracts.symbol_requests import (
    KIND,
    NEED,
    NotUnderstoodError,
    decode_need,
    decode_pack,
)
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.symbol_needs import Need

MAX_BODY = 64 * 1024
"""Characters. An S3 event has about 1,000, and as much again for a key that is escaped."""
MAX_KEY_BYTES = 1024
"""S3 has no longer keys, and none that are empty."""


@dataclass(frozen=True, slots=True)
class PackRequest:
    """An upload that is to be packed.

    Attributes:
        object_key: as the bucket has it; anybody may have chosen it.
        uploader: who stored it, as far as the event says; or who asks for it again.
        etag: of the upload that the event is about; another may be there by now.
        again: pack it also if that was done before.
    """

    object_key: str
    uploader: str = ""
    etag: str = ""
    again: bool = False


def read_requests(body: str) -> Need | list[PackRequest]:
    """Give the requests in a message; none for a bucket's test event.

    Raises:
        DeadLetter: `bad_message`, when it is none that a packer takes; `bad_symbol_key`, when it
            needs what can have no symbols.
    """
    if len(body) > MAX_BODY:
        raise _bad(f"a body of {len(body)} characters is larger than any request")
    document = _parse(body)
    if schemas.KEY in document and document.get(KIND) == NEED:
        return _needed(document)
    requests = _requests(document)
    if not all(0 < len(request.object_key.encode()) <= MAX_KEY_BYTES for request in requests):
        raise _bad("it names no object that can be in a bucket")
    return requests


def _requests(document: Mapping[str, Any]) -> list[PackRequest]:
    if schemas.KEY in document:
        return [_asked(document)]
    if document.get("Event") == "s3:TestEvent":
        return []
    try:
        return list(_announced(document))
    except (KeyError, TypeError, AttributeError):
        raise _bad("the body is JSON, but neither an S3 event nor one of our own") from None


def _bad(detail: str) -> DeadLetter:
    return DeadLetter(DeadLetterCode.BAD_MESSAGE, detail)


def _parse(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise _bad("the body is no JSON") from None
    if not isinstance(document, dict):
        raise _bad("the body is no JSON object")
    return document


def _asked(document: Mapping[str, Any]) -> PackRequest:
    try:
        object_key, asked_by = decode_pack(document)
    except NotUnderstoodError as error:
        raise _bad(f"the internal message: {error}") from None
    return PackRequest(object_key, asked_by, again=True)


def _needed(document: Mapping[str, Any]) -> Need:
    try:
        return decode_need(document)
    except NotUnderstoodError as error:
        raise _bad(f"the need: {error}") from None


def _announced(document: Mapping[str, Any]) -> Iterator[PackRequest]:
    """Read a bucket's own notification, or the same as EventBridge tells it."""
    if "detail" in document:
        detail = document["detail"]
        yield _created(detail["object"], "etag", str(detail.get("requester", "")))
        return
    for record in document["Records"]:
        who = record.get("userIdentity", {}).get("principalId", "")
        created = record["s3"]["object"]
        yield _created({**created, "key": unquote_plus(str(created["key"]))}, "eTag", str(who))


def _created(told: Mapping[str, Any], etag: str, uploader: str) -> PackRequest:
    return PackRequest(str(told["key"]), uploader, str(told.get(etag, "")).strip('"'))
