"""The event that Lambda gets for a batch of SQS messages, and what its answer says of them.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

from moto.sqs.models import Message, Queue


class InvalidAnswer(ValueError):  # noqa: N818 - an answer, which is then treated as an error
    """An answer to a batch that Lambda takes as the failure of the whole batch."""


def sqs_event(queue: Queue, messages: Sequence[Message]) -> bytes:
    """The invocation payload for a batch, as JSON."""
    return json.dumps({"Records": [_record(queue, message) for message in messages]}).encode()


def failed_ids(answer: bytes, batch: Sequence[Message]) -> set[str]:
    """Message ids that stay in the queue by a function's `batchItemFailures`.

    Raises:
        InvalidAnswer: No JSON object, no list, or an identifier that is not one of the batch.
    """
    try:
        response = json.loads(answer or b"null")
    except ValueError as error:
        raise InvalidAnswer("the answer is not JSON") from error
    if response is None:
        return set()
    failures = response.get("batchItemFailures") if isinstance(response, dict) else answer
    if failures is None:
        return set()
    if not isinstance(failures, list):
        raise InvalidAnswer("the answer has no list of batchItemFailures")
    known = {message.id for message in batch}
    listed: list[Any] = [isinstance(f, dict) and f.get("itemIdentifier") for f in failures]
    if unknown := [identifier for identifier in listed if identifier not in known]:
        raise InvalidAnswer(f"itemIdentifier {unknown[0]!r} is not in the batch")
    return set(listed)


def _record(queue: Queue, message: Message) -> dict[str, Any]:
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if message.group_id is not None:
        attributes["MessageGroupId"] = message.group_id
    given = message.message_attributes
    record = {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {name: _attribute(value) for name, value in given.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }
    return record | ({"md5OfMessageAttributes": message.attribute_md5} if given else {})


def _attribute(given: dict[str, Any]) -> dict[str, Any]:
    attribute = {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": given["DataType"],
    }
    if "BinaryValue" in given:
        value = given["BinaryValue"]
        text = base64.b64encode(value).decode() if isinstance(value, bytes) else value
        return {"binaryValue": text} | attribute
    return {"stringValue": given["StringValue"]} | attribute
