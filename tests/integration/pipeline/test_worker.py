"""Workers that are killed, poisoned or told to stop, in the middle of real walks."""

import os
import signal
from collections.abc import Iterator

import pytest

from moonwalk.contracts import dead_letters as attributes
from moonwalk.contracts import outputs
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import State
from moonwalk.domain.outcome import Outcome
from moonwalk.domain.request import QueueClass
from moonwalk.usecases.wake_workers import REMEMBERED_SECONDS
from tests.integration.pipeline.losses import (
    ENDLESS,
    FINITE,
    LossyPipeline,
    children,
    gone,
    lossy,
)
from tests.integration.pipeline.pipeline import crash_ids
from tests.integration.pipeline.working import (
    at_rest,
    away,
    descriptors,
    leavings,
    must_be_answered,
    starts,
    walking,
    wanted,
    worker_of,
)

VISIBILITY = 300
DRAIN, KILL = 20, 45
"""Seconds that a worker has to finish, and after which it kills a walk."""
PATIENCE = 240
"""Seconds of this machine, which others may use as well."""
STOP_TIMEOUT = 120
"""Seconds until ECS kills a worker that was told to stop."""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LossyPipeline]:
    with lossy(
        tmp_path_factory.mktemp("worker"),
        heavy_visibility_seconds=VISIBILITY,
        heavy_kill_seconds=KILL,
        worker_drain_seconds=DRAIN,
    ) as made:
        yield made


def send_endless(pipeline: LossyPipeline, seed: int, count: int) -> list[CrashId]:
    """Send crashes for the heavy lane that are walked for as long as they are let."""
    ids = crash_ids(seed, count)
    for crash_id in ids:
        pipeline.collect_slow(crash_id, ENDLESS, heavy=True)
    pipeline.send(ids)
    return ids


def lose_the_worker(pipeline: LossyPipeline, *, walks: int = 1) -> int:
    """Kill it in the middle of so many walks, and give its pid."""
    worker, lost = walking(pipeline, walks)
    worker_of(pipeline).kill()
    for walk in lost:
        pipeline.wait_for(lambda walk=walk: gone(walk), "a stackwalker has outlived its worker")  # type: ignore[misc]
    return worker


@pytest.fixture(autouse=True)
def _nothing_is_left(pipeline: LossyPipeline) -> Iterator[None]:
    """Whatever was done to a worker: no message, no file and no process stays behind."""
    yield
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")
    pipeline.wait_for(lambda: not leavings(pipeline), "files or processes stay behind")


def test_another_worker_takes_up_the_crashes_of_a_killed_one_and_each_is_processed_once(
    pipeline: LossyPipeline,
) -> None:
    ids = send_endless(pipeline, 11, 3)
    killed = lose_the_worker(pipeline, walks=2)
    pipeline.make_walks_short()
    pipeline.aws.clock.advance(VISIBILITY + 1)
    pipeline.wait_until_ended(ids, PATIENCE)
    entries = [entry for crash_id in ids if (entry := pipeline.ended(crash_id))]
    assert {(each.state, each.lane, each.fence.attempt) for each in entries} == {
        (State.PROCESSED, Lane.HEAVY, 1)
    }
    assert sorted(each.starts for each in entries) == [1, 2, 2]
    assert killed not in worker_of(pipeline).pids
    for crash_id in ids:
        must_be_answered(pipeline, crash_id, "processed")


def test_two_workers_walk_side_by_side_each_with_a_broker_of_its_own(
    pipeline: LossyPipeline,
) -> None:
    ids = crash_ids(10, 4)
    for crash_id in ids:
        pipeline.collect_slow(crash_id, ENDLESS, heavy=True)
    worker = worker_of(pipeline)
    worker.scale(2)
    pipeline.send(ids)

    def both() -> list[int] | None:
        walks = [pipeline.walks_of(pid) for pid in worker.pids]
        return [*walks[0], *walks[1]] if [len(each) for each in walks] == [2, 2] else None

    for walk in pipeline.wait_for(both, "the two do not walk side by side"):
        os.kill(walk, signal.SIGKILL)
    pipeline.wait_until_ended(ids)
    entries = [entry for crash_id in ids if (entry := pipeline.ended(crash_id))]
    assert {(each.starts, each.result and each.result.reason) for each in entries} == {
        (1, Outcome.CRASHED)
    }
    worker.scale(1)
    pipeline.wait_for(lambda: len(worker.pids) == 1, "the second does not leave")


def test_a_crash_that_takes_three_workers_down_is_answered_as_poison_by_the_next(
    pipeline: LossyPipeline,
) -> None:
    [crash_id] = send_endless(pipeline, 12, 1)
    for start in (1, 2, 3):
        walking(pipeline)
        assert starts(pipeline, crash_id) == start
        lose_the_worker(pipeline)
        pipeline.aws.clock.advance(VISIBILITY + 1)
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "the poison was not answered")
    assert (entry.state, entry.starts) == (State.FAILED, 3)
    assert entry.result
    assert entry.result.reason == DeadLetterCode.NO_ANSWER
    must_be_answered(pipeline, crash_id, "rejected")
    [laid] = pipeline.dead_letters()
    assert laid["body"] == f"{crash_id}:default"
    assert laid[attributes.REASON] == DeadLetterCode.NO_ANSWER


def test_of_crashes_that_went_down_together_only_the_one_that_kills_again_is_poison(
    pipeline: LossyPipeline,
) -> None:
    ids = send_endless(pipeline, 20, 2)
    for _ in range(2):
        lose_the_worker(pipeline, walks=2)
        pipeline.aws.clock.advance(VISIBILITY + 1)
    walking(pipeline)
    [killer] = [each for each in ids if starts(pipeline, each) == 3]
    [innocent] = [each for each in ids if starts(pipeline, each) == 2]
    lose_the_worker(pipeline)
    pipeline.make_walks_short()
    pipeline.aws.clock.advance(VISIBILITY + 1)
    pipeline.wait_until_ended(ids, PATIENCE)
    for crash_id, answer in ((killer, "rejected"), (innocent, "processed")):
        assert starts(pipeline, crash_id) == 3
        must_be_answered(pipeline, crash_id, answer)
    [laid] = pipeline.dead_letters()
    assert laid["body"] == f"{killer}:default"


def test_a_worker_that_is_told_to_stop_finishes_its_walk_and_ends_with_0(
    pipeline: LossyPipeline,
) -> None:
    [crash_id] = crash_ids(13, 1)
    pipeline.collect_slow(crash_id, FINITE, heavy=True)
    pipeline.send([crash_id])
    told, [walk] = walking(pipeline)
    [process] = [each for each in worker_of(pipeline)._processes if each.pid == told]
    os.kill(told, signal.SIGTERM)
    assert process.wait(STOP_TIMEOUT) == 0
    assert gone(walk)
    entry = pipeline.ended(crash_id)
    assert entry, "the worker left without finishing"
    assert (entry.state, entry.starts) == (State.PROCESSED, 1)
    must_be_answered(pipeline, crash_id, "processed")


def test_what_a_worker_cannot_finish_it_gives_back_at_once_and_the_start_does_not_count(
    pipeline: LossyPipeline,
) -> None:
    [crash_id] = send_endless(pipeline, 14, 1)
    told, [walk] = walking(pipeline)
    [process] = [each for each in worker_of(pipeline)._processes if each.pid == told]
    worker_of(pipeline).scale(0)
    assert process.wait(STOP_TIMEOUT) == 0
    pipeline.wait_for(lambda: gone(walk), "the stackwalker has outlived its worker")
    assert starts(pipeline, crash_id) == 0
    assert pipeline.depth(pipeline.outputs[outputs.heavy_queue_url(QueueClass.STANDARD)]) == (1, 0)
    pipeline.make_walks_short()
    worker_of(pipeline).scale(1)
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "nobody took the crash up")
    assert (entry.state, entry.fence.attempt, entry.starts) == (State.PROCESSED, 1, 1)


def test_a_walk_that_is_stuck_is_killed_and_recorded_and_its_worker_works_on(
    pipeline: LossyPipeline,
) -> None:
    [crash_id] = send_endless(pipeline, 15, 1)
    pid, [walk] = walking(pipeline)
    os.kill(walk, signal.SIGSTOP)
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "the walk goes on", PATIENCE)
    assert entry.result
    assert (entry.state, entry.result.reason) == (State.PROCESSED, Outcome.TIMEOUT)
    assert pipeline.processed(crash_id)["mdsw_status_string"]
    assert gone(walk)
    assert worker_of(pipeline).pids == [pid]


def test_dead_children_are_results_and_leave_no_process_no_file_and_no_descriptor(
    pipeline: LossyPipeline,
) -> None:
    first, *others = crash_ids(16, 4)
    pipeline.make_walks_short()
    pipeline.collect_slow(first, FINITE, heavy=True)
    pipeline.send([first])
    pid, _ = walking(pipeline)
    pipeline.wait_until_ended([first])
    pipeline.wait_for(lambda: not leavings(pipeline), "the first crash left something")
    before = descriptors(pid)
    for crash_id in others:
        pipeline.collect_slow(crash_id, ENDLESS, heavy=True)
        pipeline.send([crash_id])
        _, [walk] = walking(pipeline)
        os.kill(walk, signal.SIGKILL)
        entry = pipeline.wait_for(lambda each=crash_id: pipeline.ended(each), "no result")  # type: ignore[misc]
        assert entry.result
        assert entry.result.reason == Outcome.CRASHED
        assert entry.starts == 1
    assert worker_of(pipeline).pids == [pid]
    pipeline.wait_for(lambda: descriptors(pid) == before, f"never {before} again")


def test_a_broker_that_dies_is_started_again_by_the_next_crash_and_its_worker_works_on(
    pipeline: LossyPipeline,
) -> None:
    first, second = crash_ids(18, 2)
    pipeline.make_walks_short()
    pipeline.collect_slow(first, FINITE, heavy=True)
    pipeline.send([first])
    pipeline.wait_until_ended([first])
    pipeline.wait_for(lambda: not leavings(pipeline), "the first crash left something")
    [pid] = worker_of(pipeline).pids
    [broker] = children(pid)
    os.kill(broker, signal.SIGKILL)
    pipeline.collect_slow(second, FINITE, heavy=True)
    pipeline.send([second])
    entry = pipeline.wait_for(lambda: pipeline.ended(second), "no result")
    assert entry.result
    assert (entry.state, entry.result.reason) == (State.PROCESSED, None)
    assert entry.starts == 1
    assert worker_of(pipeline).pids == [pid]
    [anew] = children(pid)
    assert anew != broker


def test_crashes_that_wait_an_hour_for_a_worker_are_processed_once_and_nobody_asks_again(
    pipeline: LossyPipeline,
) -> None:
    ids = crash_ids(17, 6)
    away(pipeline)
    for crash_id in ids:
        pipeline.collect_slow(crash_id, FINITE, heavy=True)
    pipeline.make_walks_short()
    pipeline.send(ids)
    waiting = {outputs.heavy_queue_url(QueueClass.STANDARD): len(ids)}
    pipeline.wait_for(lambda: pipeline.left_in_queues() == waiting, "they do not wait")
    for _ in range(12):
        pipeline.aws.clock.advance(300)
        pipeline.aws.schedules.tick()
        assert pipeline.left_in_queues() == waiting
    worker_of(pipeline).scale(1)
    pipeline.wait_until_ended(ids, PATIENCE)
    for crash_id in ids:
        entry = pipeline.ended(crash_id)
        assert entry
        assert (entry.state, entry.fence.attempt) == (State.PROCESSED, 1)
        assert (entry.starts, entry.put_backs, entry.again) == (1, 0, None)
        must_be_answered(pipeline, crash_id, "processed")


def test_the_first_crash_for_a_lane_at_rest_has_a_worker_started_at_once(
    pipeline: LossyPipeline,
) -> None:
    [crash_id] = crash_ids(19, 1)
    pipeline.collect_slow(crash_id, FINITE, heavy=True)
    pipeline.make_walks_short()
    at_rest(pipeline)
    # The dispatcher remembers for so long that a worker was wanted.
    pipeline.aws.clock.advance(REMEMBERED_SECONDS + 1)
    pipeline.send([crash_id])
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "no worker came", PATIENCE)
    assert (entry.state, entry.lane, entry.starts) == (State.PROCESSED, Lane.HEAVY, 1)
    assert wanted(pipeline) == 1
