"""Entry point of the packer: messages in, those that have to stay out."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from moonwalk.composition.packing import compose
from moonwalk.symbol_environment import read_packer

from .records import Records

logger = Logger()
tracer = Tracer()
packing = compose(read_packer(), hands_on=True)
records = Records(packing, logger)
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Answer which messages stay in the queue."""
    try:
        return process_partial_response(event, records.handle, processor, context)
    finally:
        packing.metrics.flush()
