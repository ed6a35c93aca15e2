"""Entry point of the keeper: started by a schedule, and when somebody has turned a knob."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from moonwalk.composition.keeping import compose
from moonwalk.domain.knobs import KnobQueue
from moonwalk.knob_environment import read_keeper
from moonwalk.knob_ports import Reading

logger = Logger()
tracer = Tracer()
keeping = compose(read_keeper())


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    """See to it that queues are read as the knobs say, and that what waits has a worker."""
    try:
        changed = _round()
    finally:
        keeping.metrics.flush()
    for queue, reading in changed.items():
        logger.info("reads otherwise", queue=queue, on=reading.on, concurrency=reading.concurrency)
    return {"changed": len(changed)}


def _round() -> dict[KnobQueue, Reading]:
    try:
        return keeping.keep_readers()
    finally:
        # Whatever became of the queues of functions.
        keeping.wake_for_backlog()
