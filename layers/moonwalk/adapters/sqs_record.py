"""What Lambda tells of a message, as functions behind queues take it."""

from typing import TYPE_CHECKING, Any

from moonwalk.domain.request import Message

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord


class KeptForLaterError(Exception):
    """The message stays in its queue; this is how Lambda is told."""


def message_of(record: "SQSRecord") -> Message:
    """Give the message of a record."""
    attributes: Any = record.attributes
    return Message(
        id=record.message_id,
        first_seen=int(attributes.sent_timestamp) / 1000,
        tries=int(attributes.approximate_receive_count),
    )
