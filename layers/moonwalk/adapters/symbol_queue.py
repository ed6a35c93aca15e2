"""The symbol queue, as the packer, walks and the command line use it."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.adapters.queues import hide, lay_aside
from moonwalk.contracts.symbol_requests import encode_need, encode_pack
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.request import Message
from moonwalk.domain.symbol_needs import Need

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

NAME = "symbols"
"""What messages and dead letters call the queue."""


@dataclass(frozen=True, slots=True)
class SqsSymbolDeadLetters:
    """`SymbolDeadLetters` on SQS."""

    client: "SQSClient"
    url: str

    def send(self, *, body: str, message: Message, failure: DeadLetter) -> None:
        """Lay a message aside."""
        lay_aside(self.client, self.url, NAME, body, message, failure)


@dataclass(frozen=True, slots=True)
class SqsSymbolQueue:
    """The queue itself; or the one with the same messages that workers read, `HeavyPacking`."""

    client: "SQSClient"
    url: str

    def delay(self, receipt_handle: str, seconds: float) -> bool:
        """Hide a received message for so long from now; False when it is no longer ours.

        Raises:
            RetryLater: when the world fails.
        """
        return hide(self.client, self.url, NAME, receipt_handle, seconds)

    def ask(self, object_key: str, asked_by: str) -> None:
        """Ask for an upload to be packed, whether or not it was before.

        Raises:
            RetryLater: when the world fails.
        """
        with told_as_retry_later(f"asking for a pack of {object_key}"):
            self.client.send_message(
                QueueUrl=self.url, MessageBody=json.dumps(encode_pack(object_key, asked_by))
            )

    def hand_on(self, body: str) -> None:
        """Send a message as another packer got it.

        Raises:
            RetryLater: when the world fails.
        """
        with told_as_retry_later("handing on what is too much for a function"):
            self.client.send_message(QueueUrl=self.url, MessageBody=body)

    def need(self, need: Need) -> None:
        """Ask for symbols from a source.

        Raises:
            RetryLater: when the world fails.
        """
        with told_as_retry_later("asking for symbols"):
            self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(encode_need(need)))
