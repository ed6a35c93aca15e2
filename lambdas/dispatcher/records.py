"""One SQS record at a time, from what Lambda hands over to what the use case takes."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from moonwalk.adapters.sqs_record import KeptForLaterError, message_of
from moonwalk.composition.dispatching import Dispatching
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.request import QueueClass
from moonwalk.usecases.dispatch import Later

LARGEST_BATCH = 10
"""Of an SQS mapping without a window; each record waits in a thread of its own."""


class Records:
    """Handles records; safe to use for many at the same time."""

    def __init__(
        self, dispatching: Dispatching, queues: Mapping[QueueClass, str], logger: Logger
    ) -> None:
        """Take the use case, the URLs of the intake queues, and where to log."""
        self._dispatching = dispatching
        self._classes = {url.rpartition("/")[2]: queue for queue, url in queues.items()}
        self._logger = logger
        self._threads = ThreadPoolExecutor(LARGEST_BATCH, thread_name_prefix="record")

    async def handle(self, record: SQSRecord) -> None:
        """Handle a record while others are handled too.

        Raises:
            KeptForLaterError: when its message has to stay.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._handle, record)
        except KeptForLaterError:
            raise
        except Exception:
            self._logger.exception("not handled", message_id=record.message_id)
            raise

    def _handle(self, record: SQSRecord) -> None:
        queue = self._classes[record.event_source_arn.rpartition(":")[2]]
        message = message_of(record)
        later = self._dispatching.dispatch(record.body, message, queue)
        if later:
            self._logger.info(
                "kept for later", message_id=message.id, seconds=later.seconds, why=later.why
            )
            self._hide(record, queue, later)
            raise KeptForLaterError(message.id)

    def _hide(self, record: SQSRecord, queue: QueueClass, later: Later) -> None:
        try:
            self._dispatching.visibility.delay(queue, record.receipt_handle, later.seconds)
        except RetryLater as failure:
            # The message comes back all the same, at the end of its visibility timeout.
            self._logger.warning("not hidden", code=failure.code, detail=failure.detail)
