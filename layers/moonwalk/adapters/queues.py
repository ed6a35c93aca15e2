"""The intake queues: asking for a run, laying a request aside, hiding a message for a while."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import error_code, told_as_retry_later
from moonwalk.adapters.text import acceptable
from moonwalk.contracts import dead_letters as attributes
from moonwalk.contracts.tasks import encode_again, encode_put_back, encode_symbols_came
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.ledger import Fence, LedgerEntry
from moonwalk.domain.request import Message, QueueClass
from moonwalk.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

Urls = Mapping[QueueClass, str]

MAX_BODY = 48 * 1024
"""Characters kept of a rejected body: with 4 bytes each still below the 256 KiB of older queues."""
MAX_DETAIL = 1024
MAX_VISIBILITY = 11 * 3600
"""Seconds. SQS hides no message for more than 12 hours counted from when it was received, and
refuses a longer time altogether; an hour is more than any message was in hand before."""

_NO_LONGER_OURS = frozenset(
    {
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)
"""The message was deleted, or shown again, before we asked to hide it."""


@dataclass(frozen=True, slots=True)
class SqsDeadLetters:
    """`DeadLetters` on SQS: what would have come there by redrive, but at once and with a reason.

    Attributes:
        urls: of the dead-letter queue of each intake queue.
    """

    client: "SQSClient"
    urls: Urls

    def send(self, *, body: str, message: Message, queue: QueueClass, failure: DeadLetter) -> None:
        """Lay a request aside."""
        lay_aside(self.client, self.urls[queue], queue.value, body, message, failure)


def lay_aside(  # noqa: PLR0913, PLR0917 - the queue, and all that is known of the message
    client: "SQSClient", url: str, origin: str, body: str, message: Message, failure: DeadLetter
) -> None:
    """Put a message of the queue that is called `origin` into its dead-letter queue."""
    seen = datetime.fromtimestamp(message.first_seen, UTC).isoformat(timespec="milliseconds")
    with told_as_retry_later(f"laying a message of the {origin} queue aside"):
        client.send_message(
            QueueUrl=url,
            # An empty body would be refused; a message cannot have come with one.
            MessageBody=acceptable(body, MAX_BODY) or "-",
            MessageAttributes={
                attributes.REASON: _text(failure.code.value),
                attributes.DETAIL: _text(acceptable(failure.detail, MAX_DETAIL) or "-"),
                attributes.ORIGIN: _text(origin),
                attributes.FIRST_SEEN: _text(seen),
                attributes.TRIES: _text(str(message.tries)),
            },
        )


@dataclass(frozen=True, slots=True)
class SqsRequests:
    """`Requests` and `Reprocessing` on SQS.

    Attributes:
        urls: of the intake queues.
    """

    client: "SQSClient"
    urls: Urls
    clock: Clock

    def put_back(self, entry: LedgerEntry) -> None:
        """Ask for a late crash again, in the queue that it came from."""
        document = encode_put_back(
            entry.crash_id,
            entry.ruleset,
            entry.fence.attempt,
            entry.asked_by,
            entry.first_seen,
        )
        self._send(entry.queue, document, f"putting {entry.crash_id} back")

    def ask_again(self, entry: LedgerEntry) -> None:
        """Ask for the run that was wanted meanwhile; it is seen for the first time now."""
        again = entry.again
        if again is None:
            raise ValueError(f"the entry of {entry.crash_id} remembers no other run")
        document = encode_again(entry.crash_id, again.ruleset, again.message_id, self.clock.now())
        self._send(QueueClass.REPROCESSING, document, f"asking for {entry.crash_id} again")

    def symbols_came(self, crash_id: CrashId, fence: Fence) -> None:
        """Ask for a crash whose symbols have news; it is seen for the first time now."""
        document = encode_symbols_came(crash_id, fence.attempt, self.clock.now())
        self._send(QueueClass.REPROCESSING, document, f"asking for {crash_id} with new symbols")

    def _send(self, queue: QueueClass, document: Mapping[str, Any], doing: str) -> None:
        with told_as_retry_later(doing):
            self.client.send_message(QueueUrl=self.urls[queue], MessageBody=json.dumps(document))


@dataclass(frozen=True, slots=True)
class SqsVisibility:
    """Says when a received message is shown again, for those who received it.

    Attributes:
        urls: of the queues that are received from, intake or heavy.
    """

    client: "SQSClient"
    urls: Urls

    def delay(self, queue: QueueClass, receipt_handle: str, seconds: float) -> bool:
        """Hide a message for so long from now.

        Returns:
            False when the message is no longer ours to hide; it is gone, or on its way to
            somebody else.

        Raises:
            RetryLater: when the world fails.
        """
        return hide(self.client, self.urls[queue], queue.value, receipt_handle, seconds)


def hide(client: "SQSClient", url: str, name: str, receipt_handle: str, seconds: float) -> bool:
    """Hide a message of the queue that is called `name`; see `SqsVisibility.delay`."""
    hidden = min(MAX_VISIBILITY, max(0, round(seconds)))
    with told_as_retry_later(f"hiding a message of the {name} queue"):
        try:
            client.change_message_visibility(
                QueueUrl=url, ReceiptHandle=receipt_handle, VisibilityTimeout=hidden
            )
        except ClientError as error:
            if error_code(error) not in _NO_LONGER_OURS:
                raise
            return False
    return True


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}
