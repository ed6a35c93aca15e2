"""Entry point of the releaser: started by a schedule."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from moonwalk.composition.releasing import compose
from moonwalk.miss_environment import read_releaser

logger = Logger()
tracer = Tracer()
releasing = compose(read_releaser())


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    """Send crashes whose symbols have news to be walked again."""
    try:
        released = releasing.release()
    finally:
        releasing.metrics.flush()
    logger.info("released crashes", released=released)
    return {"released": released}
