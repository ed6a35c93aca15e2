"""Keeping a message: what goes wrong with it is told, and ends nothing."""

import threading
from collections.abc import Callable

import pytest

from lambdas.worker.hold import RENEWALS, Hold
from tests.unit.lambdas.functions import Log
from tests.unit.lambdas.working import PATIENCE, UNAVAILABLE

SECONDS = 0.01 * RENEWALS


def renewed_twice(log: Log, hide: Callable[[], bool]) -> None:
    """Hold a message until its renewal has been tried two times."""
    tried = threading.Semaphore(0)

    def hide_and_count(_: float) -> bool:
        try:
            return hide()
        finally:
            tried.release()

    with Hold("task", hide_and_count, SECONDS, log.logger):
        for _ in range(2):
            assert tried.acquire(timeout=PATIENCE)


@pytest.mark.parametrize("error", [UNAVAILABLE, ConnectionResetError()])
def test_whatever_a_renewal_fails_of_the_next_one_is_tried(error: Exception) -> None:
    log = Log()

    def fail() -> bool:
        raise error

    renewed_twice(log, fail)
    assert log.lines("visibility not changed")[0]["task"] == "task"


def test_that_a_message_was_lost_is_told_once() -> None:
    log = Log()
    renewed_twice(log, lambda: False)
    [line] = log.lines("message lost, others may have its task")
    assert line["task"] == "task"


def test_nothing_is_told_of_a_message_that_is_kept() -> None:
    log = Log()
    renewed_twice(log, lambda: True)
    assert log.printed.getvalue() == ""
