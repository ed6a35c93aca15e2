"""Deployed schedules fire by the embedded clock."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.embedded.clock import EmbeddedClock
from cli.embedded.functions import Invocation, TooManyInvocations
from cli.embedded.schedule_expressions import ScheduleError, next_due
from cli.embedded.schedules import Schedules

Client = Callable[[str], Any]
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:reconciler"
MINUTE = 60


class Called:
    """A function that only remembers its events."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.busy = False
        self.first = threading.Event()

    def __call__(self, function: str, payload: bytes) -> Invocation:
        assert function == FUNCTION
        if self.busy:
            raise TooManyInvocations
        self.events.append(json.loads(payload))
        self.first.set()
        return Invocation(b"null", None, "")


@pytest.fixture
def called() -> Called:
    return Called()


@pytest.fixture
def schedules(clock: EmbeddedClock, client: Client, called: Called) -> Schedules:
    return Schedules(clock, client, called)


def deploy(client: Client, *, expression: str = "rate(5 minutes)", **target: Any) -> None:
    client("events").put_rule(Name="late-crashes", ScheduleExpression=expression)
    targets = [{"Id": "one", "Arn": FUNCTION, **target}]
    client("events").put_targets(Rule="late-crashes", Targets=targets)


def test_a_rule_fires_when_its_period_has_passed_and_not_before(
    clock: EmbeddedClock, client: Client, schedules: Schedules, called: Called
) -> None:
    deploy(client)
    assert schedules.tick() == []
    clock.advance(4 * MINUTE)
    assert schedules.tick() == []
    clock.advance(MINUTE)
    assert schedules.tick() == ["late-crashes"]
    assert schedules.tick() == []
    (event,) = called.events
    assert event["detail-type"] == "Scheduled Event"
    assert event["resources"][0].endswith("rule/late-crashes")


def test_a_rule_with_an_input_of_its_own_sends_that(
    clock: EmbeddedClock, client: Client, schedules: Schedules, called: Called
) -> None:
    deploy(client, Input='{"schema": 1}')
    schedules.tick()
    clock.advance(5 * MINUTE)
    schedules.tick()
    assert called.events == [{"schema": 1}]


def test_a_jump_over_many_periods_fires_once(
    clock: EmbeddedClock, client: Client, schedules: Schedules, called: Called
) -> None:
    deploy(client)
    schedules.tick()
    clock.advance(60 * MINUTE)
    schedules.tick()
    schedules.tick()
    assert len(called.events) == 1


def test_a_disabled_rule_does_not_fire(
    clock: EmbeddedClock, client: Client, schedules: Schedules, called: Called
) -> None:
    deploy(client)
    schedules.tick()
    client("events").disable_rule(Name="late-crashes")
    clock.advance(5 * MINUTE)
    assert schedules.tick() == []
    assert not called.events


def test_a_throttled_schedule_is_still_due(
    clock: EmbeddedClock, client: Client, schedules: Schedules, called: Called
) -> None:
    deploy(client)
    schedules.tick()
    clock.advance(5 * MINUTE)
    called.busy = True
    assert schedules.tick() == []
    called.busy = False
    assert schedules.tick() == ["late-crashes"]


def test_in_the_background_an_advance_of_the_clock_fires_what_is_due(
    clock: EmbeddedClock, client: Client, schedules: Schedules, called: Called
) -> None:
    deploy(client)
    schedules.tick()
    schedules.start()
    clock.advance(5 * MINUTE)
    called.first.wait()
    schedules.stop()
    assert len(called.events) == 1


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 minute)", "2026-11-23T08:31:10"),
        ("rate(2 hours)", "2026-11-23T10:30:10"),
        ("cron(0/15 * * * ? *)", "2026-11-23T08:45:00"),
        ("cron(0 3 * * ? *)", "2026-11-24T03:00:00"),
        ("cron(30 8 ? * MON-FRI *)", "2026-11-24T08:30:00"),
        ("cron(0 12 1 JAN ? 2027)", "2027-01-01T12:00:00"),
    ],
)
def test_the_next_moment_of_an_expression(expression: str, due: str) -> None:
    now = datetime(2026, 11, 23, 8, 30, 10, tzinfo=UTC).timestamp()
    assert next_due(expression, now) == datetime.fromisoformat(due).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "expression",
    ["rate(0 minutes)", "cron(* * *)", "cron(0 0 L * ? *)", "cron(99 * * * ? *)", "at noon"],
)
def test_an_expression_that_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(ScheduleError):
        next_due(expression, 0)
