"""One SQS record at a time, from what Lambda hands over to what the use case takes."""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from moonwalk.adapters.sqs_record import KeptForLaterError, message_of
from moonwalk.composition.packing import Packing
from moonwalk.domain.failures import RetryLater
from moonwalk.usecases.dispatch import Later


class Records:
    """Handles records, one after the other."""

    def __init__(self, packing: Packing, logger: Logger) -> None:
        """Take the use case, and where to log."""
        self._packing = packing
        self._logger = logger

    def handle(self, record: SQSRecord) -> None:
        """Handle a record.

        Raises:
            KeptForLaterError: when its message has to stay.
        """
        message = message_of(record)
        try:
            later = self._packing.pack_symbols(record.body, message)
        except Exception:
            self._logger.exception("not handled", message_id=message.id)
            raise
        if later:
            self._logger.info(
                "kept for later", message_id=message.id, seconds=later.seconds, why=later.why
            )
            self._hide(record, later)
            raise KeptForLaterError(message.id)

    def _hide(self, record: SQSRecord, later: Later) -> None:
        try:
            self._packing.queue.delay(record.receipt_handle, later.seconds)
        except RetryLater as failure:
            # The message comes back all the same, at the end of its visibility timeout.
            self._logger.warning("not hidden", code=failure.code, detail=failure.detail)
