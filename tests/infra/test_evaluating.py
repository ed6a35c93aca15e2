"""The evaluator of alarms itself: it does as CloudWatch does, or refuses."""

from typing import Any

import pytest

from tests.infra.evaluating import Recorded
from tests.infra.evaluating.alarms import MetricAlarm
from tests.infra.evaluating.composites import Composite, UnknownAlarmError, composite_of
from tests.infra.evaluating.expressions import UnknownMathError, calculate
from tests.infra.evaluating.recorded import UnknownStatisticError, key
from tests.infra.evaluating.sqs import ACTIVE_MINUTES, WAKING_MINUTES, Publishing

DEPTH = key("AWS/SQS", "Depth", {"QueueName": "standard"})


def recorded(*values: float) -> Recorded:
    made = Recorded()
    for minute, value in enumerate(values):
        made.add(DEPTH, minute, value)
    return made


def alarm(**properties: Any) -> MetricAlarm:
    return MetricAlarm(
        {
            "AlarmName": "depth",
            "Namespace": "AWS/SQS",
            "MetricName": "Depth",
            "Dimensions": [{"Name": "QueueName", "Value": "standard"}],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            **properties,
        }
    )


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("Sum", 12),
        ("Average", 3),
        ("Minimum", 1),
        ("Maximum", 6),
        ("SampleCount", 4),
        ("PR(:4)", 75),
    ],
)
def test_statistics_of_a_window(statistic: str, expected: float) -> None:
    assert recorded(100, 1, 1, 4, 6).points(DEPTH, statistic, 240)[-1] == expected


def test_a_window_without_samples_has_no_datapoint() -> None:
    seen = recorded(1)
    seen.add(key("AWS/SQS", "Age", {}), 2, 5)
    for statistic in ("Sum", "Average", "Minimum", "SampleCount", "PR(:4)"):
        first, *rest = seen.points(DEPTH, statistic, 60)
        assert first is not None
        assert rest == [None, None]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", [7, 1, 22, None]),
        ("b - a", [3, -1, -2, None]),
        ("a / b", [0.4, None, 1.2, None]),
        ("b < a", [0, 1, 1, None]),
        ("2 * b", [10, None, 20, None]),
        ("FILL(b, 0)", [5, 0, 10, 0]),
        ("DIFF(a)", [None, -1, 11, None]),
        ("IF(a >= 2, b, 0)", [5, 0, 10, None]),
        ("IF(a >= 1, b, 7)", [5, 0, 10, None]),
        ("IF(a >= 9, 7, b)", [5, None, 7, None]),
        ("a / (a - 2)", [None, -1, 1.2, None]),
    ],
)
def test_math_takes_what_is_missing_as_cloudwatch_does(
    expression: str, expected: list[float | None]
) -> None:
    metrics = {"a": [2.0, 1.0, 12.0, None], "b": [5.0, None, 10.0, None]}
    assert calculate(expression, metrics, 1) == expected


def test_a_difference_is_to_the_window_before_and_not_to_the_minute_before() -> None:
    assert calculate("DIFF(a)", {"a": [1, 2, 4, 8, 16]}, 2) == [None, None, 3, 6, 12]


def test_so_many_periods_in_a_row_must_breach() -> None:
    twice = alarm(EvaluationPeriods=2)
    assert twice.raised(recorded(9, 1, 9)) == [False, False, False]
    assert twice.raised(recorded(1, 9, 9)) == [False, False, True]
    some = alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    assert some.raised(recorded(9, 1, 9)) == [False, False, True]


def test_periods_are_as_long_as_the_alarm_s_windows() -> None:
    twice = alarm(EvaluationPeriods=2, Period=120, Statistic="Minimum")
    assert twice.raised(recorded(1, 9, 9, 9, 9)) == [False, False, False, False, True]


def test_silence_is_what_the_alarm_says_of_it() -> None:
    nothing = Recorded(length=1)
    assert alarm(TreatMissingData="breaching").raised(nothing) == [True]
    assert alarm().raised(nothing) == [False]


def composite(**properties: Any) -> Composite:
    made = {"AlarmName": "late", "AlarmRule": 'ALARM("depth")', "AlarmActions": ["topic"]}
    return composite_of({**made, **properties}, {"Cause": "cause"})


def test_a_composite_holds_as_its_rule_says() -> None:
    holds = composite(AlarmRule='(ALARM("a") AND (ALARM("b") OR ALARM("c")))').holds()
    assert holds({"a", "c"})
    assert not holds({"b", "c"})


def test_a_composite_without_actions_wakes_nobody() -> None:
    assert composite().tells([{"late"}]) == [0]
    assert composite(AlarmActions=[]).tells([{"late"}]) == []


NOTHING: set[str] = set()
ALONE, BOTH, CAUSE = {"late"}, {"late", "cause"}, {"cause"}


def test_each_time_that_a_composite_is_raised_is_told_once() -> None:
    assert composite().tells([ALONE, ALONE, NOTHING, ALONE]) == [0, 3]


@pytest.fixture
def explained() -> Composite:
    """Waits for two minutes, and keeps quiet for four after its cause."""
    return composite(
        ActionsSuppressor={"Fn::GetAtt": ["Cause", "Arn"]},
        ActionsSuppressorWaitPeriod=120,
        ActionsSuppressorExtensionPeriod=240,
    )


def test_one_that_another_explains_waits_for_it(explained: Composite) -> None:
    assert explained.tells([ALONE, ALONE, ALONE, ALONE]) == [2]
    assert explained.tells([ALONE, ALONE, BOTH, BOTH]) == []


def test_it_keeps_quiet_for_a_while_after_it(explained: Composite) -> None:
    assert explained.tells([BOTH, *[ALONE] * 4]) == []
    assert explained.tells([BOTH, *[ALONE] * 5]) == [5]


def test_what_begins_in_that_while_waits_no_longer_than_anything_else(explained: Composite) -> None:
    assert explained.tells([CAUSE, NOTHING, ALONE, ALONE, ALONE]) == [4]
    assert explained.tells([BOTH, ALONE, NOTHING, ALONE, ALONE, ALONE]) == [5]


def test_what_was_told_is_not_told_again_when_its_cause_ends(explained: Composite) -> None:
    assert explained.tells([ALONE, ALONE, ALONE, BOTH, *[ALONE] * 9]) == [2]


def test_a_queue_at_rest_is_not_told_of_and_takes_its_time_to_be_told_of_again() -> None:
    queue = Publishing()
    assert queue.tells(0, used=True)
    assert queue.tells(ACTIVE_MINUTES, used=False)
    assert not queue.tells(ACTIVE_MINUTES + 1, used=False)
    woken = ACTIVE_MINUTES + 2
    assert not queue.tells(woken, used=True)
    assert queue.tells(woken + WAKING_MINUTES, used=False)


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownStatisticError, match="p99"):
        recorded(1).points(DEPTH, "p99", 60)
    with pytest.raises(UnknownMathError, match="RATE"):
        calculate("RATE(a)", {"a": [1]}, 1)
    with pytest.raises(UnknownAlarmError, match="OK"):
        composite(AlarmRule='OK("a")').holds()({"a"})
    with pytest.raises(UnknownAlarmError, match="ThresholdMetricId"):
        alarm(ThresholdMetricId="band")
    with pytest.raises(UnknownAlarmError, match="ignore"):
        alarm(TreatMissingData="ignore")
    with pytest.raises(UnknownAlarmError, match="LessThanThreshold"):
        alarm(ComparisonOperator="LessThanThreshold").raised(recorded(1))
