"""The event that tells of a processed crash."""

import json
from typing import Any

import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.events import EventBridgeEvents
from moonwalk.domain.failures import RetryCode, RetryLater
from tests import builders
from tests.contract.canned_aws import CannedAws

TASK = builders.task()
PROCESSED: dict[str, Any] = {
    "signature": "main",
    "success": True,
    "mdsw_status_string": "OK",
    "started_datetime": "2026-08-21T12:34:56+00:00",
    "completed_datetime": "2026-08-21T12:34:57+00:00",
    "url": "https://example.org/secret",
    "user_comments": "secret",
    "json_dump": {"secret": "secret"},
}


def test_the_event_has_what_anybody_may_know_and_no_more(canned_aws: CannedAws) -> None:
    canned_aws.answers.append((200, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}))
    EventBridgeEvents(aws.events(), "bus").crash_processed(TASK, PROCESSED)
    (entry,) = canned_aws.asked[0].body["Entries"]
    assert (entry["EventBusName"], entry["Source"]) == ("bus", "moonwalk")
    assert entry["DetailType"] == "crash.processed"
    assert json.loads(entry["Detail"]) == {
        "schema": 1,
        "crash_id": TASK.request.crash_id.text,
        "since": TASK.fence.since,
        "attempt": 1,
        "ruleset": "default",
        "lane": "light",
        "queue": "standard",
        "success": True,
        "signature": "main",
        "mdsw_status_string": "OK",
        "started_datetime": "2026-08-21T12:34:56+00:00",
        "completed_datetime": "2026-08-21T12:34:57+00:00",
    }


def test_a_hostile_processed_crash_makes_a_small_event(canned_aws: CannedAws) -> None:
    canned_aws.answers.append((200, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}))
    hostile = {"signature": "\x00\ud800" * 1_000_000, "success": "yes", "mdsw_status_string": [1]}
    EventBridgeEvents(aws.events(), "bus").crash_processed(TASK, hostile)
    detail = canned_aws.asked[0].body["Entries"][0]["Detail"]
    assert len(detail) < 8192
    found = json.loads(detail)
    assert set(found["signature"]) == {"\ufffd", "…"}
    assert (found["success"], found["mdsw_status_string"]) == (False, None)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ThrottlingException", RetryCode.THROTTLED),
        ("InternalFailure", RetryCode.UNAVAILABLE),
    ],
)
def test_an_event_that_was_refused_is_told_later(
    canned_aws: CannedAws, error: str, code: RetryCode
) -> None:
    canned_aws.answers.append((200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": error}]}))
    with pytest.raises(RetryLater) as failure:
        EventBridgeEvents(aws.events(), "bus").crash_processed(TASK, PROCESSED)
    assert failure.value.code is code


def test_the_event_bus_of_a_deployment_takes_it(aws_url: str) -> None:
    assert aws_url
    client = aws.events()
    client.create_event_bus(Name="crashes")
    EventBridgeEvents(client, "crashes").crash_processed(TASK, PROCESSED)
