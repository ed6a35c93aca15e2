"""Reading a message of an intake queue: which crashes does it ask for, if any?"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus

from moonwalk.contracts import tasks
from moonwalk.contracts.storage import RAW_CRASH_PREFIX
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.request import CrashRequest, Message, Origin, QueueClass, Ruleset

MAX_BODY = 64 * 1024
"""Characters. An S3 event has about 1,000; nothing that we read comes near this."""

HEALTH_CHECK = "test"
"""The body by which a collector tries whether it can publish."""

_OF_AN_ATTEMPT = (Origin.PUT_BACK, Origin.SYMBOLS_CAME)
"""Messages of our own that name the attempt that they are about."""
LAST_TIME = 253_402_300_799
"""Seconds since the epoch, the end of the year 9999: no calendar can name what is later."""
_MESSAGE_ID = re.compile("[!-~]{1,100}")
"""SQS documents a length of 100, and has UUIDs there."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Reads messages of the kinds that a deployment takes in.

    Attributes:
        intake: `Origin.TEXT`, `Origin.S3_EVENT` or both. Internal messages are always read.
    """

    intake: frozenset[Origin]

    def read(self, body: str, message: Message, queue: QueueClass) -> list[CrashRequest]:
        """Give the requests in a message; none for a health check or a bucket's test event.

        Raises:
            DeadLetter: when the message is none that is taken in here.
        """
        text = body.strip()
        if len(text) > MAX_BODY:
            raise _bad(f"a body of {len(text)} characters is larger than any request")
        if text == HEALTH_CHECK:
            return []
        if not text.startswith("{"):
            return [self._from_text(text, message, queue)]
        document = _parse(text)
        if tasks.SCHEMA_KEY in document:
            return [_from_ourselves(document, message, queue)]
        return list(self._from_s3(document, message, queue))

    def _from_text(self, text: str, message: Message, queue: QueueClass) -> CrashRequest:
        if Origin.TEXT not in self.intake:
            raise _bad("this deployment takes in S3 events, not crash ids as text")
        crash_id, colon, ruleset = text.partition(":")
        wanted = _ruleset(ruleset) if colon else Ruleset.DEFAULT
        return CrashRequest(CrashId(crash_id), wanted, queue, Origin.TEXT, message)

    def _from_s3(
        self, document: dict[str, Any], message: Message, queue: QueueClass
    ) -> Iterator[CrashRequest]:
        if Origin.S3_EVENT not in self.intake:
            raise _bad("this deployment takes in crash ids as text, not S3 events")
        if document.get("Event") == "s3:TestEvent":
            return
        for key in _created_keys(document):
            crash_id = _crash_id_of(key)
            yield CrashRequest(crash_id, Ruleset.DEFAULT, queue, Origin.S3_EVENT, message)


def _bad(detail: str) -> DeadLetter:
    return DeadLetter(DeadLetterCode.BAD_MESSAGE, detail)


def _parse(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad("the body begins like JSON and is none") from None
    return dict(document)


def _ruleset(text: object) -> Ruleset:
    try:
        return Ruleset(str(text))
    except ValueError:
        known = ", ".join(Ruleset)
        raise DeadLetter(
            DeadLetterCode.UNKNOWN_RULESET, f"the ruleset is none of {known}"
        ) from None


def _created_keys(document: dict[str, Any]) -> list[str]:
    """Find the object keys in an S3 notification, or in the same as EventBridge tells it."""
    try:
        if "detail" in document:
            return [str(document["detail"]["object"]["key"])]
        return [unquote_plus(str(record["s3"]["object"]["key"])) for record in document["Records"]]
    except (KeyError, TypeError):
        raise _bad(
            "the body is JSON, but neither an S3 event nor one of our own messages"
        ) from None


def _crash_id_of(key: str) -> CrashId:
    if not key.startswith(RAW_CRASH_PREFIX):
        raise _bad(f"the S3 event is not about an object below {RAW_CRASH_PREFIX}")
    return CrashId(key.rpartition("/")[2])


def _from_ourselves(document: dict[str, Any], message: Message, queue: QueueClass) -> CrashRequest:
    try:
        found = tasks.check_schema(document, "the message")
        origin = _internal(found["kind"])
        return CrashRequest(
            crash_id=CrashId(str(found["crash_id"])),
            ruleset=_ruleset(found["ruleset"]),
            queue=queue,
            origin=origin,
            message=replace(message, first_seen=_time(found["first_seen"])),
            asked_by=_message_id(found["asked_by"]),
            seen_attempt=int(found["attempt"]) if origin in _OF_AN_ATTEMPT else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _bad(f"the internal message cannot be read: {type(error).__name__}") from error


def _internal(kind: object) -> Origin:
    origin = Origin(str(kind))
    if origin not in (*_OF_AN_ATTEMPT, Origin.AGAIN):
        raise ValueError(kind)
    return origin


def _message_id(value: object) -> str:
    text = str(value)
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError("no message id")
    return text


def _time(value: object) -> float:
    seconds = float(str(value))
    if not 0 <= seconds <= LAST_TIME:
        raise ValueError(value)
    return seconds
