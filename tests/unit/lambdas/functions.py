"""The handlers of the functions, imported as Lambda does but over fakes."""

import io
import json
import uuid
from types import SimpleNamespace
from typing import Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

LEFT_MILLISECONDS = 200_000
CONTEXT = cast(
    "LambdaContext",
    SimpleNamespace(
        aws_request_id="request-1", get_remaining_time_in_millis=lambda: LEFT_MILLISECONDS
    ),
)


class FakeEmf:
    """Counts how often metrics were printed."""

    def __init__(self) -> None:
        self.flushed = 0

    def flush(self) -> None:
        self.flushed += 1


class Log:
    """A logger, and what it has written."""

    def __init__(self) -> None:
        self.printed = io.StringIO()
        # Powertools keeps one handler for each service, and with it the first one's stream.
        self.logger = Logger(service=uuid.uuid4().hex, stream=self.printed)

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Give the lines with this message."""
        lines = map(json.loads, self.printed.getvalue().splitlines())
        return [line for line in lines if line["message"] == message]
