"""Dispatchers that die while they wait: the reconciler looks after what they had in hand."""

from collections.abc import Iterator

import pytest

from moonwalk.contracts import dead_letters as attributes
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import State
from tests.integration.pipeline.losses import ENDLESS, LossyPipeline, lossy
from tests.integration.pipeline.pipeline import crash_ids

DUE, VISIBILITY = 360, 1800
MAX_PUT_BACKS = 1


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LossyPipeline]:
    settings = {
        "due_seconds": DUE,
        "visibility_seconds": VISIBILITY,
        "light_walk_memory_mib": 512,  # the long walk takes more than other tests give
    }
    folder = tmp_path_factory.mktemp("dispatcher")
    with lossy(folder, max_put_backs=MAX_PUT_BACKS, **settings) as made:
        yield made


def pass_the_due_time(pipeline: LossyPipeline) -> None:
    pipeline.aws.clock.advance(DUE + 1)
    pipeline.aws.schedules.tick()


def test_the_crash_of_a_lost_dispatcher_is_put_back_and_processed(pipeline: LossyPipeline) -> None:
    [crash_id] = crash_ids(21, 1)
    pipeline.collect_slow(crash_id, ENDLESS, heavy=False)
    pipeline.send([crash_id])
    pipeline.lose_the_dispatcher()
    pipeline.make_walks_short()
    pass_the_due_time(pipeline)
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "the crash was not put back")
    assert (entry.state, entry.lane) == (State.PROCESSED, Lane.LIGHT)
    assert (entry.fence.attempt, entry.put_backs) == (2, 1)
    pipeline.aws.clock.advance(VISIBILITY)
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")
    again = pipeline.entry(crash_id)
    assert again
    assert again.fence.attempt == entry.fence.attempt


def test_a_crash_that_is_lost_every_time_is_failed_with_its_reason(pipeline: LossyPipeline) -> None:
    [crash_id] = crash_ids(22, 1)
    pipeline.collect_slow(crash_id, ENDLESS, heavy=False)
    pipeline.send([crash_id])
    for _ in range(1 + MAX_PUT_BACKS):
        pipeline.lose_the_dispatcher()
        pass_the_due_time(pipeline)
    entry = pipeline.wait_for(lambda: pipeline.ended(crash_id), "the crash was never given up")
    assert entry.state is State.FAILED
    assert entry.result
    assert entry.result.reason == DeadLetterCode.NO_ANSWER
    [laid] = pipeline.dead_letters()
    assert (laid["body"], laid[attributes.REASON]) == (f"{crash_id}:default", "no_answer")
    pipeline.aws.clock.advance(VISIBILITY)
    pipeline.wait_for(lambda: not pipeline.left_in_queues(), "messages are left in queues")
    again = pipeline.entry(crash_id)
    assert again
    assert (again.state, again.fence.attempt) == (State.FAILED, entry.fence.attempt)
