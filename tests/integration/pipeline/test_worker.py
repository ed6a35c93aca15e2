"""Workers that are killed, poisoned or told to stop, in the middle of a real walk."""

import json
import os
import signal
from collections.abc import Iterator

import pytest

from cli.embedded.worker import WorkerService
from moonwalk.contracts import dead_letters as attributes
from moonwalk.contracts import outputs
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import State
from tests.integration.pipeline.losses import ENDLESS, FINITE, LossyPipeline, gone, lossy
from tests.integration.pipeline.pipeline import crash_ids

VISIBILITY = 300
DRAINED = 100
"""Seconds in which a worker that was told to stop has ended."""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LossyPipeline]:
    with lossy(tmp_path_factory.mktemp("worker"), heavy_visibility_seconds=VISIBILITY) as made:
        yield made


@pytest.fixture
def worker(pipeline: LossyPipeline) -> WorkerService:
    assert pipeline.aws.worker
    return pipeline.aws.worker


def walking(pipeline: LossyPipeline, worker: WorkerService) -> tuple[int, int]:
    """Wait until a worker walks; gives it and its stackwalker."""

    def look() -> tuple[int, int] | None:
        pairs = [(pid, pipeline.walk_of(pid)) for pid in worker.pids]
        return next(((pid, walk) for pid, walk in pairs if walk), None)

    return pipeline.wait_for(look, "no worker walks")


def starts(pipeline: LossyPipeline, crash_id: CrashId) -> int:
    entry = pipeline.entry(crash_id)
    assert entry
    return entry.starts


def answers(pipeline: LossyPipeline, crash_id: CrashId) -> list[str]:
    """Give what the Standard workflow of a crash was answered."""
    states = pipeline.aws.client("stepfunctions")
    machine = pipeline.outputs[outputs.HEAVY_WORKFLOW]
    listed = states.list_executions(stateMachineArn=machine, maxResults=1000)["executions"]
    ended = [
        states.describe_execution(executionArn=found["executionArn"])
        for found in listed
        if found["name"].startswith(crash_id.text) and found["status"] == "SUCCEEDED"
    ]
    return [json.loads(found["output"])["status"] for found in ended]


def wanted(pipeline: LossyPipeline) -> int:
    """Give how many workers ECS is asked for: none, until somebody hands on to the heavy lane."""
    found = pipeline.aws.client("ecs").describe_services(
        cluster=pipeline.outputs[outputs.CLUSTER], services=[pipeline.outputs[outputs.SERVICE]]
    )
    return int(found["services"][0]["desiredCount"])


def test_another_worker_takes_up_the_crash_of_a_killed_one(
    pipeline: LossyPipeline, worker: WorkerService
) -> None:
    [crash_id] = crash_ids(11, 1)
    pipeline.collect_slow(crash_id, ENDLESS, heavy=True)
    pipeline.send([crash_id])
    killed, walk = walking(pipeline, worker)
    assert starts(pipeline, crash_id) == 1
    worker.kill()
    pipeline.wait_for(lambda: gone(walk), "the stackwalker has outlived its worker")
    pipeline.make_walks_short()
    pipeline.aws.clock.advance(VISIBILITY + 1)
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "nobody took the crash up")
    assert (entry.state, entry.lane) == (State.PROCESSED, Lane.HEAVY)
    assert (entry.fence.attempt, entry.starts) == (1, 2)
    assert killed not in worker.pids
    pipeline.wait_for(lambda: answers(pipeline, crash_id) == ["processed"], "not answered")
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")


def test_a_crash_that_takes_three_workers_down_is_answered_as_poison_by_the_next(
    pipeline: LossyPipeline, worker: WorkerService
) -> None:
    [crash_id] = crash_ids(12, 1)
    pipeline.collect_slow(crash_id, ENDLESS, heavy=True)
    pipeline.send([crash_id])
    for start in (1, 2, 3):
        _, walk = walking(pipeline, worker)
        assert starts(pipeline, crash_id) == start
        worker.kill()
        pipeline.wait_for(lambda walk=walk: gone(walk), "the stackwalker lives on")  # type: ignore[misc]
        pipeline.aws.clock.advance(VISIBILITY + 1)
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "the poison was not answered")
    assert (entry.state, entry.starts) == (State.FAILED, 3)
    assert entry.result
    assert entry.result.reason == DeadLetterCode.NO_ANSWER
    pipeline.wait_for(lambda: answers(pipeline, crash_id) == ["rejected"], "not answered")
    [laid] = pipeline.dead_letters()
    assert laid["body"] == f"{crash_id}:default"
    assert laid[attributes.REASON] == DeadLetterCode.NO_ANSWER
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")


def test_a_worker_that_is_told_to_stop_finishes_its_walk_and_ends_with_0(
    pipeline: LossyPipeline, worker: WorkerService
) -> None:
    [crash_id] = crash_ids(13, 1)
    pipeline.collect_slow(crash_id, FINITE, heavy=True)
    pipeline.send([crash_id])
    told, walk = walking(pipeline, worker)
    [process] = [process for process in worker._processes if process.pid == told]
    os.kill(told, signal.SIGTERM)
    assert process.wait(DRAINED) == 0
    assert gone(walk)
    entry = pipeline.ended(crash_id)
    assert entry, "the worker left without finishing"
    assert (entry.state, entry.starts) == (State.PROCESSED, 1)
    assert wanted(pipeline) == 1, "the dispatcher asked ECS for no worker"
    pipeline.wait_for(lambda: answers(pipeline, crash_id) == ["processed"], "not answered")
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")
