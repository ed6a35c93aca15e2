"""A deployment that does not answer, or is none, is told in a sentence."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from cli.exits import ExitCode, Negative, Unreachable
from cli.reachable import Reachable
from moonwalk.adapters.stored_content import UnusableContentError
from moonwalk.contracts import outputs
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.request import QueueClass

OUTPUTS = {
    "moonwalk-storage": {
        outputs.CRASH_BUCKET: "crashes",
        outputs.LEDGER_TABLE: "ledger",
        outputs.MISS_TABLE: "misses",
        outputs.SYMBOL_BUCKET: "symbols",
    },
    "moonwalk-pipeline": {
        outputs.SYMBOL_QUEUE: "https://symbols",
        outputs.HEAVY_WORKFLOW: "arn:aws:states:eu-central-1:1:stateMachine:heavy",
        **{outputs.queue_url(queue): f"https://{queue}" for queue in QueueClass},
    },
}


def _no_client(_: str) -> Any:
    raise AssertionError("nothing is asked here")


def _reachable(stacks: dict[str, dict[str, str]]) -> Reachable:
    return Reachable.of(stacks, _no_client, name="the deployment x", remedy="look at it")


def test_the_parts_are_found_in_whichever_stack_they_are() -> None:
    found = _reachable(OUTPUTS)
    assert (found.bucket, found.ledger_table) == ("crashes", "ledger")
    assert (found.symbol_bucket, found.symbol_queue) == ("symbols", "https://symbols")
    assert found.queue_urls[QueueClass.PRIORITY] == "https://priority"


def test_stacks_of_something_else_are_no_moonwalk() -> None:
    with pytest.raises(Unreachable, match="has no output") as told:
        _reachable({"other": {"Url": "https://example.com"}})
    assert told.value.code is ExitCode.UNREACHABLE


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://localhost:1"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no\x1b[2J"}}, "GetObject"),
        RetryLater(RetryCode.THROTTLED, "reading the ledger: AWS answered SlowDown"),
    ],
)
def test_an_aws_call_that_fails_is_one_sentence_with_what_to_do(error: Exception) -> None:
    with pytest.raises(Unreachable, match="does not answer") as told, _reachable(OUTPUTS).asked():
        raise error
    assert told.value.remedy == "look at it"
    assert "\x1b" not in str(told.value)


def test_a_damaged_object_is_not_called_an_unreachable_deployment() -> None:
    with pytest.raises(Negative, match="is damaged"), _reachable(OUTPUTS).asked():
        raise UnusableContentError("its gzip ends too early")
