"""Entry point of the reconciler: started by a schedule."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from moonwalk.composition.reconciling import compose
from moonwalk.environment import read_reconciler

logger = Logger()
tracer = Tracer()
reconciling = compose(read_reconciler())


@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    """Look after the crashes that are past their due time."""
    try:
        late = reconciling.reconcile()
    finally:
        reconciling.metrics.flush()
    logger.info("looked after late crashes", late=late)
    return {"late": late}
