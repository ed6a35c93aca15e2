"""Entry point of the asker: started by a schedule."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from moonwalk.composition.asking_again import compose
from moonwalk.miss_environment import read_asker

logger = Logger()
tracer = Tracer()
asking = compose(read_asker())


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    """Ask for symbols that crashes wait for, or that they miss most."""
    try:
        modules = asking.ask_again()
    finally:
        asking.metrics.flush()
    logger.info("looked after missed symbols", modules=modules)
    return {"modules": modules}
