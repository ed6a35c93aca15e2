"""Entry point of the dispatcher: a batch of messages, handled side by side."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor,
    EventType,
    async_process_partial_response,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from moonwalk.composition.dispatching import compose
from moonwalk.environment import read_dispatcher

from .records import Records

logger = Logger()
tracer = Tracer()
environment = read_dispatcher()
dispatching = compose(environment)
records = Records(dispatching, environment.common.queues, logger)
processor = AsyncBatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Answer which messages stay in their queue."""
    try:
        return async_process_partial_response(event, records.handle, processor, context)
    finally:
        dispatching.metrics.flush()
