"""The heavy lane's queues, as its worker reads them, and what becomes of their messages."""

import json
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.adapters.queues import hide
from moonwalk.contracts.tasks import SchemaError, decode_heavy_message
from moonwalk.domain.knobs import KnobQueue
from moonwalk.domain.request import Message, QueueClass
from moonwalk.domain.slots import all_open
from moonwalk.domain.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_TRIES: Final = "ApproximateReceiveCount"
_SENT: Final = "SentTimestamp"
_FRESH: Final = (QueueClass.PRIORITY, QueueClass.STANDARD)
_PACKING: Final = "packing"
"""What errors call the queue of what is to be packed."""


@dataclass(frozen=True, slots=True)
class HeavyMessage:
    """A task from a heavy queue, in our hands until its visibility timeout ends.

    Attributes:
        token: a credential; never printed.
        tries: how often it has been received, this time included.
    """

    queue: QueueClass
    receipt_handle: str
    task: Task
    token: str = field(repr=False)
    tries: int = 1


@dataclass(frozen=True, slots=True)
class PackingMessage:
    """A request to pack symbols that were too much for a function, in our hands likewise."""

    receipt_handle: str
    body: str
    message: Message


class UnreadableMessageError(Exception):
    """A message of a heavy queue that is none of ours. It is left for its dead-letter queue."""


@dataclass(frozen=True, slots=True)
class HeavyQueues:
    """Receives from the queues in their order: priority, standard, packing, reprocessing.

    Attributes:
        client: for messages that are in hand.
        receiver: for looks into queues; it does not repeat what got no answer.
        packing_url: of the queue of symbols. They come before reprocessing, which is better with
            them.
        is_paused: tells of a queue whether nothing is to be taken from it.
    """

    client: "SQSClient"
    receiver: "SQSClient"
    urls: "Mapping[QueueClass, str]"
    packing_url: str
    is_paused: "Callable[[KnobQueue], bool]" = lambda _: False

    def receive(
        self,
        classes: "Collection[QueueClass]",
        *,
        packs: bool,
        seconds: int,
        is_over: "Callable[[], bool]" = lambda: False,
    ) -> HeavyMessage | PackingMessage | None:
        """Take one message from the first queue that has one.

        When none has and all classes are wanted, wait for one of the first: SQS cannot wait for
        several queues. Who lacks a slot for a class must see at once when there is one.

        Args:
            classes: whose crashes may be taken.
            packs: whether symbols may be taken, too.
            seconds: how long to wait.
            is_over: whether nothing is wanted any more; asked before each queue.

        Raises:
            RetryLater: when the world fails.
            UnreadableMessageError: saying what is wrong with the message.
        """
        for look in self._looks(classes, packs=packs):
            if is_over():
                return None
            if found := look():
                return found
        return self._wait(seconds) if all_open(classes) and not is_over() else None

    def delete_packing(self, message: PackingMessage) -> None:
        """Let a message go whose symbols are packed, or laid aside."""
        with told_as_retry_later("deleting a message of the packing queue"):
            self.client.delete_message(
                QueueUrl=self.packing_url, ReceiptHandle=message.receipt_handle
            )

    def delay_packing(self, message: PackingMessage, seconds: float) -> bool:
        """Hide a message for so long from now; False when it is no longer ours."""
        return hide(self.client, self.packing_url, _PACKING, message.receipt_handle, seconds)

    def delete(self, message: HeavyMessage) -> None:
        """Let a message go; its task is answered."""
        with told_as_retry_later(f"deleting the message of {message.task.name}"):
            self.client.delete_message(
                QueueUrl=self.urls[message.queue], ReceiptHandle=message.receipt_handle
            )

    def _looks(
        self, classes: "Collection[QueueClass]", *, packs: bool
    ) -> "Iterator[Callable[[], HeavyMessage | PackingMessage | None]]":
        for queue in _FRESH:
            if queue in classes:
                yield partial(self._receive, queue, 0)
        if packs:
            yield self._receive_packing
        if QueueClass.REPROCESSING in classes:
            yield partial(self._receive, QueueClass.REPROCESSING, 0)

    def _wait(self, seconds: int) -> HeavyMessage | None:
        for queue in QueueClass:
            if not self.is_paused(KnobQueue.heavy(queue)):
                return self._receive(queue, seconds)
        time.sleep(seconds)
        return None

    def _receive(self, queue: QueueClass, wait_seconds: int) -> HeavyMessage | None:
        if self.is_paused(KnobQueue.heavy(queue)):
            return None
        received = self._one(self.urls[queue], f"heavy {queue}", wait_seconds)
        return _read(queue, received) if received else None

    def _receive_packing(self) -> PackingMessage | None:
        if self.is_paused(KnobQueue.HEAVY_SYMBOLS):
            return None
        received = self._one(self.packing_url, _PACKING, 0)
        if received is None:
            return None
        attributes = received["Attributes"]
        first_seen = int(attributes[_SENT]) / 1000
        message = Message(received["MessageId"], first_seen, int(attributes[_TRIES]))
        return PackingMessage(received["ReceiptHandle"], received["Body"], message)

    def _one(self, url: str, name: str, wait_seconds: int) -> "MessageTypeDef | None":
        with told_as_retry_later(f"receiving from the {name} queue"):
            answer = self.receiver.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=1,
                WaitTimeSeconds=wait_seconds,
                MessageSystemAttributeNames=[_TRIES, _SENT],
            )
        return next(iter(answer.get("Messages", [])), None)


def _read(queue: QueueClass, received: "MessageTypeDef") -> HeavyMessage:
    try:
        task, token = decode_heavy_message(json.loads(received["Body"]))
    except (SchemaError, ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, SchemaError) else "the body is no JSON"
        raise UnreadableMessageError(
            f"message {received['MessageId']} of the heavy {queue} queue: {what}"
        ) from error
    tries = int(received["Attributes"][_TRIES])
    return HeavyMessage(queue, received["ReceiptHandle"], task, token, tries)
