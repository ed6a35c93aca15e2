"""The event bus. What goes there is read by anybody: identifiers and results, nothing protected."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moonwalk.adapters.aws_errors import retry_code, told_as_retry_later
from moonwalk.adapters.text import acceptable
from moonwalk.contracts.events import CRASH_PROCESSED, SCHEMA, SOURCE
from moonwalk.domain.failures import RetryLater
from moonwalk.domain.task import Task

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

MAX_TEXT = 512
"""Characters of a field; a signature has at most 255."""


@dataclass(frozen=True, slots=True)
class EventBridgeEvents:
    """`Events` on EventBridge.

    Attributes:
        bus: name or ARN.
    """

    client: "EventBridgeClient"
    bus: str

    def crash_processed(self, task: Task, processed: Mapping[str, Any]) -> None:
        """Tell that a processed crash is in the store. HTTP 200 says nothing: the count does."""
        doing = f"telling that {task.request.crash_id} is processed"
        with told_as_retry_later(doing):
            answer = self.client.put_events(
                Entries=[
                    {
                        "EventBusName": self.bus,
                        "Source": SOURCE,
                        "DetailType": CRASH_PROCESSED,
                        "Detail": json.dumps(_detail(task, processed)),
                    }
                ]
            )
        if answer["FailedEntryCount"]:
            code = answer["Entries"][0].get("ErrorCode", "Unknown")
            raise RetryLater(retry_code(code), f"{doing}: the event bus answered {code}")


def _detail(task: Task, processed: Mapping[str, Any]) -> dict[str, Any]:
    request = task.request
    return {
        "schema": SCHEMA,
        "crash_id": request.crash_id.text,
        "since": task.fence.since,
        "attempt": task.fence.attempt,
        "ruleset": request.ruleset.value,
        "lane": task.lane.value,
        "queue": request.queue.value,
        "success": processed.get("success") is True,
        "signature": _text(processed.get("signature")),
        "mdsw_status_string": _text(processed.get("mdsw_status_string")),
        "started_datetime": _text(processed.get("started_datetime")),
        "completed_datetime": _text(processed.get("completed_datetime")),
    }


def _text(value: object) -> str | None:
    return acceptable(value, MAX_TEXT) if isinstance(value, str) else None
