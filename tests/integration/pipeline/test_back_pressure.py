"""A flood stays in the queue, where the alarm looks, and no more is in flight than was set."""

import time

import pytest

from moonwalk.contracts import outputs
from moonwalk.domain.ledger import State
from moonwalk.domain.request import QueueClass
from tests.integration.pipeline.conftest import SETTINGS
from tests.integration.pipeline.pipeline import LOOKS, Pipeline, crash_ids

FLOOD = 500
AT_A_TIME = 5
PATIENCE = 540
"""Seconds. It takes a tenth of that on two idle processors."""


@pytest.mark.timeout(600)
def test_a_flood_waits_in_its_queue_and_is_processed_a_few_at_a_time(pipeline: Pipeline) -> None:
    assert SETTINGS["standard_batch"] * SETTINGS["standard_concurrency"] == AT_A_TIME  # type: ignore[operator]
    ids = crash_ids(2, FLOOD)
    for crash_id in ids:
        pipeline.collect(crash_id)
    pipeline.send(ids)
    url = pipeline.outputs[outputs.queue_url(QueueClass.STANDARD)]
    depths = []
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        depths.append(pipeline.depth(url))
        if depths[-1] == (0, 0):
            break
        time.sleep(LOOKS)
    visible, in_flight = zip(*depths, strict=True)
    print(f"looked {len(depths)} times; at most {max(in_flight)} in flight, {max(visible)} waiting")
    assert max(visible) > FLOOD / 2
    assert max(in_flight) <= AT_A_TIME
    assert depths[-1] == (0, 0)
    entries = [pipeline.entry(crash_id) for crash_id in ids]
    assert [(entry.state, entry.fence.attempt) for entry in entries if entry] == [
        (State.PROCESSED, 1)
    ] * FLOOD
