"""What waits in the heavy lane's queues, for the keeper, which takes nothing from them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from moonwalk.adapters.aws_errors import told_as_retry_later
from moonwalk.domain.knobs import KnobQueue

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_VISIBLE: Final = "ApproximateNumberOfMessages"


class SqsHeavyBacklog:
    """`HeavyBacklog` on SQS. Its count is rough, and right again within a minute."""

    def __init__(self, client: "SQSClient", urls: Mapping[KnobQueue, str]) -> None:
        """Take a client of SQS, and the URLs of the queues."""
        self._client = client
        self._urls = urls

    def waits(self, queue: KnobQueue) -> bool:
        """Tell whether there is a message that nobody has in hand.

        Raises:
            RetryLater: when the world fails.
        """
        with told_as_retry_later(f"looking what waits in the {queue} queue"):
            found = self._client.get_queue_attributes(
                QueueUrl=self._urls[queue], AttributeNames=[_VISIBLE]
            )
        return int(found["Attributes"][_VISIBLE]) > 0
