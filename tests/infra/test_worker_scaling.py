"""Scaling: what the rules count, and how a burst, a weekend, a leak, a fugue and bulk work go.

`pytest -s` prints the table. Minutes are simulated ones.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from infra.settings import Settings
from tests.infra import series
from tests.infra.scaling.days import Moment, moments
from tests.infra.scaling.rules import Rules, read_rules
from tests.infra.templates import Template, Templates, plain

HEADER = (
    "series              workers at most   within   fresh waits at most   worker-hours   at the end"
)


@dataclass(frozen=True)
class Day:
    """How a series went."""

    name: str
    past: tuple[Moment, ...]

    @property
    def most(self) -> int:
        """Workers at most, once the lane has found its level."""
        return max(each.wanted for each in self.past[series.HOUR :])

    @property
    def waited(self) -> int:
        """Minutes that a fresh crash waited at most, likewise."""
        return max(each.waited for each in self.past[series.HOUR :])

    @property
    def rising(self) -> int | None:
        """Minutes of the second hour until more workers were at work than at its beginning."""
        before = self.past[series.HOUR - 1].running
        later = enumerate(self.past[series.HOUR : 2 * series.HOUR])
        return next((at for at, each in later if each.running > before), None)

    @property
    def row(self) -> str:
        within = "-" if self.rising is None else f"{self.rising} min"
        hours = sum(each.running for each in self.past) / 60
        return (
            f"{self.name:<18} {self.most:>16} {within:>8} {self.waited:>17} min"
            f" {hours:>14.1f} {self.past[-1].wanted:>12}"
        )


@pytest.fixture(scope="module")
def rules(templates: Templates) -> Rules:
    return read_rules(templates.heavy_lane)


@pytest.fixture(scope="module")
def day(rules: Rules) -> Callable[[str], Day]:
    """Let a series pass under the template's own rules."""
    slots = Settings().worker_slots
    for_bulk = slots - Settings().worker_fresh_slots
    made = {
        name: Day(name, tuple(moments(rules, shape(), slots, for_bulk)))
        for name, shape in series.ALL.items()
    }
    print("", HEADER, *(each.row for each in made.values()), sep="\n")
    return made.__getitem__


def scaling_alarms(template: Template) -> list[dict[str, object]]:
    policies = template.of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
    return [
        alarm
        for alarm in template.properties("AWS::CloudWatch::Alarm")
        if any(action["Ref"] in policies for action in alarm.get("AlarmActions", []))
    ]


def test_nothing_scales_on_cpu_and_everything_on_what_waits_and_what_is_in_hand(
    templates: Templates,
) -> None:
    alarms = scaling_alarms(templates.heavy_lane)
    assert len(alarms) == 2
    for alarm in alarms:
        measured = [
            each["MetricStat"]["Metric"]
            for each in alarm["Metrics"]  # type: ignore[attr-defined]
            if "MetricStat" in each
        ]
        names = [each["MetricName"] for each in measured]
        queues = {plain(each["Dimensions"][0]["Value"]) for each in measured[:-1]}
        assert len(measured) <= 10, "CloudWatch takes no more in one alarm"
        assert names.count("ApproximateNumberOfMessagesVisible") == 4
        assert names.count("ApproximateNumberOfMessagesNotVisible") == 4
        assert names[8:] == ["DesiredTaskCount"]
        assert len(queues) >= 4


def test_a_deployment_leaves_the_number_of_workers_alone(templates: Templates) -> None:
    [service] = templates.heavy_lane.properties("AWS::ECS::Service")
    assert "DesiredCount" not in service


def test_bounds_are_the_settings(rules: Rules) -> None:
    settings = Settings()
    assert (rules.least, rules.most) == (settings.worker_count, settings.worker_most)
    assert rules.out.threshold == settings.worker_lag_seconds
    assert rules.out.cooldown * 60 == settings.worker_out_seconds
    assert rules.back.cooldown * 60 == settings.worker_in_seconds
    assert rules.back.minutes == settings.worker_idle_minutes


def test_work_without_a_worker_is_late_at_once_and_no_work_without_one_is_at_rest(
    rules: Rules,
) -> None:
    nobody = Moment(wanted=0, running=0, fresh=1, bulk=0, in_hand=0, done=0, waited=0)
    assert rules.out.breached(rules.out.value(nobody.values))
    assert rules.out.change(60, workers=0) == 1
    rest = Moment(wanted=0, running=0, fresh=0, bulk=0, in_hand=0, done=0, waited=0)
    assert not rules.out.breached(rules.out.value(rest.values))
    assert not rules.back.breached(rules.back.value(rest.values)), "it would undo the first worker"


def test_a_crash_in_hand_keeps_the_last_worker(rules: Rules) -> None:
    busy = Moment(wanted=1, running=1, fresh=0, bulk=0, in_hand=1, done=0, waited=0)
    assert not rules.back.breached(rules.back.value(busy.values))


def test_bulk_in_all_the_slots_that_it_may_have_keeps_all_workers(rules: Rules) -> None:
    full = Settings().worker_slots - Settings().worker_fresh_slots
    busy = Moment(
        wanted=4, running=4, fresh=0, bulk=0, in_hand=0, done=0, waited=0, bulk_in_hand=4 * full
    )
    assert not rules.back.breached(rules.back.value(busy.values))


def test_a_burst_is_answered_within_minutes_and_afterwards_all_is_as_before(
    day: Callable[[str], Day],
) -> None:
    burst = day("burst")
    assert burst.rising is not None
    assert burst.rising <= 3
    assert burst.waited <= 5
    assert burst.past[series.HOUR + 15 + 5].fresh == 0
    assert burst.past[series.HOUR + 15 + series.HOUR].wanted == burst.past[series.HOUR - 1].wanted


def test_on_a_quiet_weekend_workers_come_for_a_crash_and_go_again(
    day: Callable[[str], Day],
) -> None:
    weekend = day("quiet weekend")
    night = weekend.past[series.DAY : series.DAY + 7 * series.HOUR]
    assert weekend.most == 1
    assert weekend.waited <= 1
    assert {each.wanted for each in night[15:]} == {0}


def test_bulk_reprocessing_makes_no_fresh_crash_wait(day: Callable[[str], Day]) -> None:
    bulk = day("bulk reprocessing")
    from_then = bulk.past[series.HOUR :]
    assert max(each.waited for each in from_then) == 0
    done_within = next(at for at, each in enumerate(from_then) if at > 67 and each.bulk == 0)
    assert done_within <= 200
    assert bulk.past[-1].wanted == bulk.past[0].wanted


def test_a_slow_leak_is_covered_by_a_few_more_workers(day: Callable[[str], Day]) -> None:
    leak = day("slow leak")
    assert leak.most <= 6
    assert leak.waited <= 5


def test_a_fugue_is_answered_with_workers_although_cpus_are_idle(
    day: Callable[[str], Day],
) -> None:
    fugue = day("fugue")
    needed = 24 * 34 / 60 / Settings().worker_slots
    assert fugue.rising is not None
    assert fugue.rising <= 30
    assert needed <= fugue.past[-1].wanted <= 2 * needed
    assert fugue.past[-1].fresh == 0
    assert fugue.waited <= 5


def test_every_crash_of_every_series_is_done(day: Callable[[str], Day]) -> None:
    for name, shape in series.ALL.items():
        came = sum(each.fresh + each.bulk for each in shape())
        last = day(name).past[-1]
        left = last.fresh + last.bulk
        assert sum(each.done for each in day(name).past) + left == pytest.approx(came)
