"""Entry point of the light lane: a task in, an answer out."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from moonwalk.composition import beating
from moonwalk.composition.processing import compose
from moonwalk.contracts.tasks import decode_task, encode_answer
from moonwalk.domain.knobs import LIGHT_KILL
from moonwalk.environment import read_walker

logger = Logger()
tracer = Tracer()
walking = compose(read_walker(), kill=LIGHT_KILL)
broker_figures = beating.of_function(walking)


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process one crash. What it raises, the workflow tries again."""
    task = decode_task(event)
    logger.append_keys(crash_id=task.request.crash_id.text, attempt=task.fence.attempt)
    try:
        left = context.get_remaining_time_in_millis() / 1000
        answer = walking.process(task, deadline=walking.process.clock.now() + left)
    finally:
        broker_figures.tell_sometimes()
        walking.metrics.flush()
    logger.info("answered", status=answer.status, reason=answer.reason)
    return encode_answer(answer)
