"""How workflows log: their errors, and never what they were handed."""

from aws_cdk.aws_stepfunctions import LogLevel, LogOptions
from constructs import Construct

from infra.constructs.function import log_group
from infra.settings import Settings


def errors_only(scope: Construct, settings: Settings) -> LogOptions:
    """Log errors without execution data: inputs name crashes, and one holds a task token."""
    return LogOptions(
        destination=log_group(scope, "Logs", settings),
        level=LogLevel.ERROR,
        include_execution_data=False,
    )
