"""The heavy lane: by size, by way of the light one, through a queue, a worker and a task token."""

import json

from moonwalk.contracts import outputs, storage
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import State
from tests.integration.hostile_dumps import chain_of_frames
from tests.integration.pipeline.pipeline import EXAMPLE_DUMP, Pipeline, crash_ids

MIB = 1024 * 1024
NAME = DumpName(MAIN_MINIDUMP)


def executions(pipeline: Pipeline, name_prefix: str) -> list[str]:
    """Give the states of the Standard workflow's executions of a crash."""
    listed = pipeline.aws.client("stepfunctions").list_executions(
        stateMachineArn=pipeline.outputs[outputs.HEAVY_WORKFLOW], maxResults=1000
    )["executions"]
    return [found["status"] for found in listed if found["name"].startswith(name_prefix)]


def test_a_crash_above_the_threshold_is_answered_through_its_task_token(
    pipeline: Pipeline,
) -> None:
    [crash_id] = crash_ids(3, 1)
    pipeline.collect(crash_id, **{MAIN_MINIDUMP: EXAMPLE_DUMP.read_bytes().ljust(2 * MIB, b"\0")})
    pipeline.send([crash_id])
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "the heavy lane never ended")
    assert (entry.state, entry.lane, entry.starts) == (State.PROCESSED, Lane.HEAVY, 1)
    assert pipeline.processed(crash_id)["signature"].startswith("darkroom::")
    pipeline.wait_for(
        lambda: executions(pipeline, crash_id.text) == ["SUCCEEDED"], "no answer by token"
    )
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")


def test_a_crash_that_is_too_heavy_for_the_light_lane_arrives_by_way_of_it(
    pipeline: Pipeline,
) -> None:
    [crash_id] = crash_ids(4, 1)
    hostile = chain_of_frames(60_000)
    assert len(hostile) < MIB
    pipeline.collect(crash_id, **{MAIN_MINIDUMP: hostile})
    pipeline.send([crash_id])
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "the heavy lane never ended")
    assert (entry.state, entry.lane) == (State.PROCESSED, Lane.HEAVY)
    assert entry.fence.attempt == 1
    assert executions(pipeline, crash_id.text)
    kept = json.loads(pipeline.stored(storage.walker_output(crash_id, NAME)))
    assert kept["status"] == "OK"
