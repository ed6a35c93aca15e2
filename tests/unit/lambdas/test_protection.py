"""Protection from scale-in: on with the first task, renewed, off after the last."""

from lambdas.worker.protection import (
    GAP_SECONDS,
    LINGER_SECONDS,
    MINUTES,
    RENEWALS,
    RETRY_SECONDS,
    UNBROKEN_SECONDS,
    Protection,
)
from moonwalk.adapters.task_protection import TaskProtectionError
from tests.unit.lambdas.functions import Log


class FakeAgent:
    """Remembers what it was asked for, and refuses when it is told to."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.refuses = False

    def protect(self, minutes: int) -> None:
        self.asked.append(minutes)
        if self.refuses:
            raise TaskProtectionError("400: TASK_NOT_VALID")

    def release(self) -> None:
        self.protect(0)


class Guarded:
    """Protection with an agent and a clock of the test's own."""

    def __init__(self) -> None:
        self.agent, self.log, self.time = FakeAgent(), Log(), 1000.0
        self.protection = Protection(self.agent, self.log.logger, lambda: self.time)  # type: ignore[arg-type]

    def keep(self, *, busy: bool) -> list[int]:
        """Say that it is busy or idle; gives what the agent was asked for now."""
        self.agent.asked.clear()
        self.protection.keep(busy=busy)
        return list(self.agent.asked)


def test_it_is_on_from_the_first_task_and_off_after_the_last_and_asked_for_once() -> None:
    guarded = Guarded()
    assert guarded.keep(busy=False) == []
    assert guarded.keep(busy=True) == [MINUTES]
    assert guarded.keep(busy=True) == []
    guarded.time += LINGER_SECONDS
    assert guarded.keep(busy=False) == [0]
    assert guarded.keep(busy=False) == []
    assert guarded.keep(busy=True) == [MINUTES]


def test_it_stays_on_between_tasks_that_follow_soon() -> None:
    guarded = Guarded()
    guarded.keep(busy=True)
    for _ in range(3):
        guarded.time += LINGER_SECONDS - 1
        assert guarded.keep(busy=False) == []
        assert guarded.keep(busy=True) == []
    guarded.time += LINGER_SECONDS - 1
    assert guarded.keep(busy=False) == []
    guarded.time += 1
    assert guarded.keep(busy=False) == [0]


def test_a_worker_without_a_task_is_not_protected_after_its_gap_either() -> None:
    guarded = Guarded()
    guarded.keep(busy=True)
    guarded.time += UNBROKEN_SECONDS
    assert guarded.keep(busy=True) == [0]
    guarded.time += GAP_SECONDS - 1
    guarded.keep(busy=True)
    guarded.time += 1
    assert guarded.keep(busy=False) == []


def test_it_is_renewed_before_it_expires() -> None:
    guarded = Guarded()
    guarded.keep(busy=True)
    guarded.time += MINUTES * 60 / RENEWALS - 1
    assert guarded.keep(busy=True) == []
    guarded.time += 1
    assert guarded.keep(busy=True) == [MINUTES]
    assert guarded.keep(busy=True) == []


def test_a_refusal_is_a_warning_and_asked_again_only_after_a_while() -> None:
    guarded = Guarded()
    guarded.agent.refuses = True
    assert guarded.keep(busy=True) == [MINUTES]
    assert guarded.keep(busy=True) == []
    [line] = guarded.log.lines("not protected from scale-in")
    assert line["detail"] == "400: TASK_NOT_VALID"
    guarded.agent.refuses = False
    guarded.time += RETRY_SECONDS
    assert guarded.keep(busy=True) == [MINUTES]
    guarded.agent.refuses = True
    guarded.time += LINGER_SECONDS
    assert guarded.keep(busy=False) == [0]
    assert guarded.keep(busy=False) == []


def test_a_backlog_without_gaps_leaves_one_in_which_a_deployment_may_end_the_worker() -> None:
    guarded = Guarded()
    guarded.keep(busy=True)
    guarded.time += UNBROKEN_SECONDS - 1
    assert guarded.keep(busy=True) == [MINUTES]
    guarded.time += 1
    assert guarded.keep(busy=True) == [0]
    guarded.time += GAP_SECONDS - 1
    assert guarded.keep(busy=True) == []
    guarded.time += 1
    assert guarded.keep(busy=True) == [MINUTES]


def test_the_time_without_a_gap_begins_anew_after_a_rest() -> None:
    guarded = Guarded()
    guarded.keep(busy=True)
    guarded.time += UNBROKEN_SECONDS - 1 - LINGER_SECONDS
    guarded.keep(busy=True)
    guarded.time += LINGER_SECONDS
    guarded.keep(busy=False)
    guarded.keep(busy=True)
    guarded.time += UNBROKEN_SECONDS - 1
    assert guarded.keep(busy=True) == [MINUTES]


def test_where_there_is_no_agent_nothing_is_asked() -> None:
    log = Log()
    Protection(None, log.logger).keep(busy=True)
    assert log.printed.getvalue() == ""
