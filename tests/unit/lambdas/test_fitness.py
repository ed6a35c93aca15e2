"""A worker that spoils what it takes: it ends, before it has spoilt a queue."""

from collections.abc import Callable

import pytest

from lambdas.worker.fitness import MOST_FAULTS, OWN_FAULTS
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.task import Answer, Status, Task
from tests.unit.lambdas.working import UNAVAILABLE, WorkerWorld, heavy_message

MANY = MOST_FAULTS + 3


def raising(error: Exception) -> Callable[[Task], Answer]:
    def run(_: Task) -> Answer:
        raise error

    return run


@pytest.mark.parametrize("error", [*(RetryLater(code, "") for code in OWN_FAULTS), OSError(5, "")])
def test_a_worker_that_spoils_one_crash_after_the_other_ends_by_itself(error: Exception) -> None:
    world = WorkerWorld()
    world.process.run = raising(error)
    assert world.work(*map(heavy_message, range(MANY)))
    assert world.shift.failed
    # One may have been taken before the end was seen.
    assert MANY - len(world.queues.waiting) in {MOST_FAULTS, MOST_FAULTS + 1}
    assert world.log.lines("ends, as it spoils one crash after the other")


@pytest.mark.parametrize(
    "error", [UNAVAILABLE, RetryLater(RetryCode.SCRATCH_FULL, ""), ZeroDivisionError()]
)
def test_neither_a_world_that_fails_nor_a_silent_end_is_a_reason_to_end(error: Exception) -> None:
    world = WorkerWorld()
    world.process.run = raising(error)
    assert world.work(*map(heavy_message, range(MANY)))
    assert world.queues.waiting == []
    assert not world.shift.failed


def test_a_worker_that_answers_now_and_then_goes_on() -> None:
    world = WorkerWorld()
    ends = [*(["spoilt"] * (MOST_FAULTS - 1)), "answered"] * 3

    def run(_: Task) -> Answer:
        if ends.pop(0) == "spoilt":
            raise OSError(5, "Input/output error")
        return Answer(Status.PROCESSED)

    world.process.run = run
    assert world.work(*map(heavy_message, range(len(ends))))
    assert ends == []
    assert world.queues.waiting == []
    assert not world.shift.failed
