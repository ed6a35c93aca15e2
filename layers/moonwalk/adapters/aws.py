"""Makes AWS clients, one way for all entry points. Called while a process starts, once a client."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SSMProvider
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
"""Of a call that answers at once; a hung one is tried again rather than waited for."""
PARAMETER_SECONDS = 5.0
"""Of reading a parameter, which crashes wait for."""
ATTEMPTS = 4
CONNECTIONS = 32
"""Crashes in flight in one process, times the few calls that one makes side by side."""
WAKING_SECONDS = 5.0
"""Of a call about the workers' service."""
LONG_POLL_SECONDS = 20
"""The longest that SQS lets a receiver wait."""
RECEIVING_MARGIN_SECONDS = 3.0
"""What a worker's look into a queue may take beyond the wait that it asks for."""
MARGIN_SECONDS = 10.0
"""What the network may add to a wait that the service bounds."""


def s3(connections: int = CONNECTIONS) -> "S3Client":
    """Make a client for objects."""
    return boto3.client("s3", config=_config(connections=connections))


def dynamodb(connections: int = CONNECTIONS) -> "DynamoDBClient":
    """Make a client for the ledger."""
    return boto3.client("dynamodb", config=_config(connections=connections))


def sqs(connections: int = CONNECTIONS) -> "SQSClient":
    """Make a client for queues; it can be used for long polling too."""
    read = LONG_POLL_SECONDS + MARGIN_SECONDS
    return boto3.client("sqs", config=_config(read_seconds=read, connections=connections))


def receiving_sqs(wait_seconds: int) -> "SQSClient":
    """Make a client for looks into queues only, each of which waits for so long at most.

    Who looks may be told to stop meanwhile, and looks again anyhow: no call is repeated.
    """
    read = wait_seconds + RECEIVING_MARGIN_SECONDS
    return boto3.client("sqs", config=_config(read_seconds=read, attempts=1, connections=1))


def events() -> "EventBridgeClient":
    """Make a client for the event bus."""
    return boto3.client("events", config=_config())


def ecs() -> "ECSClient":
    """Make a client for the workers' service. A crash waits for its calls, which can be left."""
    return boto3.client("ecs", config=_config(read_seconds=WAKING_SECONDS, attempts=2))


def event_sources() -> "LambdaClient":
    """Make a client for the event source mappings of functions."""
    return boto3.client("lambda", config=_config())


def parameters() -> "SSMProvider":
    """Make powertools' reader of parameters, which gives up soon: what it read last will do."""
    # Not at import: it brings AppConfig and Secrets Manager with it.
    from aws_lambda_powertools.utilities.parameters import SSMProvider  # noqa: PLC0415

    config = _config(read_seconds=PARAMETER_SECONDS, attempts=2, connections=1)
    return SSMProvider(boto3_client=boto3.client("ssm", config=config))


def stepfunctions() -> "SFNClient":
    """Make a client for starting workflows and answering task tokens."""
    return boto3.client("stepfunctions", config=_config())


def waiting_stepfunctions(workflow_seconds: float, connections: int = CONNECTIONS) -> "SFNClient":
    """Make a client for workflows that are waited for.

    It never repeats a call by itself: a repeated `StartSyncExecution` is a second execution, as
    Express workflows do not look at names.
    """
    return boto3.client(
        "stepfunctions",
        config=_config(
            read_seconds=workflow_seconds + MARGIN_SECONDS,
            attempts=1,
            connections=connections,
        ),
    )


def _config(
    *,
    read_seconds: float = READ_SECONDS,
    attempts: int = ATTEMPTS,
    connections: int = CONNECTIONS,
) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=connections,
        tcp_keepalive=True,
    )
