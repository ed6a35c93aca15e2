"""The synthesised alarms on recorded days: the right ones wake somebody, the wrong ones do not.

`pytest -s` prints what is raised when. Minutes are simulated ones, counted from the event of each
series; those that AWS takes until an alarm sees a metric are in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from lambdas.worker.room import LASTING_SECONDS
from tests.infra import series
from tests.infra.evaluating import Alarms, Recorded
from tests.infra.evaluating.heavy_lane import BEGINNING, BULK_SLOTS, SLOTS, HeavyLane, is_short
from tests.infra.scaling.days import LATE_MINUTES, moments
from tests.infra.scaling.rules import read_rules
from tests.infra.templates import Templates

NAME = "moonwalk"
WORKER_LEAVES = int(LASTING_SECONDS / 60)
"""Minutes after which a worker that takes no more is gone, and with it what could be looked at."""
MORNING = 7 * series.HOUR
"""When a quiet weekend's first crash comes, after a night without any."""


@dataclass(frozen=True)
class Seen:
    """After how many minutes alarms were raised and woke somebody, by name without prefix.

    Attributes:
        lasted: minutes in which one was raised.
        pages: how often one woke somebody.
    """

    raised: Mapping[str, int]
    lasted: Mapping[str, int]
    woke: Mapping[str, int]
    pages: Mapping[str, int]

    def print(self, title: str) -> None:
        """Print what was seen as a part of the table."""
        print(f"\n{title:<42} raised after   for   wakes somebody after")
        for name, after in sorted(self.raised.items(), key=lambda pair: pair[1]):
            times = self.pages.get(name, 0)
            woke = f"{self.woke[name]} min, {times} x" if times else "-"
            print(f"  {name:<40} {after:>8} min {self.lasted[name]:>5} {woke:>22}")


class Watch:
    """Lets the alarms look at a day."""

    def __init__(self, templates: Templates) -> None:
        self.alarms = Alarms.read(templates)
        self._rules = read_rules(templates.heavy_lane)

    def __call__(self, name: str, *, most: int | None = None, event: int = series.HOUR) -> Seen:
        """Live through a series, with at most so many workers, from an event on.

        Series are calm for an hour, in which the lane finds its level.
        """
        minutes = series.ALL[name]()
        rules = self._rules if most is None else replace(self._rules, most=most)
        day = zip(minutes, moments(rules, minutes, SLOTS, BULK_SLOTS), strict=True)
        past = self.alarms.raised(HeavyLane(self.alarms).live(day))
        raised: dict[str, int] = {}
        lasted: dict[str, int] = {}
        for minute in range(event, len(past)):
            for each in _plain(past[minute]):
                raised.setdefault(each, minute + 1 + LATE_MINUTES - event)
                lasted[each] = lasted.get(each, 0) + 1
        told = self.alarms.pages(past[event:])
        woke = {_own(name): minutes[0] + 1 + LATE_MINUTES for name, minutes in told.items()}
        pages = {_own(name): len(minutes) for name, minutes in told.items()}
        seen = Seen(raised, lasted, woke, pages)
        seen.print(f"{name}, at most {rules.most} workers")
        return seen


def _own(name: str) -> str:
    return name.removeprefix(f"{NAME}-")


def _plain(names: set[str]) -> list[str]:
    return sorted(map(_own, names))


@pytest.fixture(scope="module")
def watch(templates: Templates) -> Watch:
    return Watch(templates)


@pytest.mark.parametrize("most", [4, 20])
def test_a_fugue_wakes_somebody_once_and_by_its_name(watch: Watch, most: int) -> None:
    """Its disks' credit ends after an hour, and walks get slower for half an hour from then on."""
    seen = watch("fugue", most=most)
    assert seen.pages == {"fugue": 1}
    assert seen.woke["fugue"] <= 25
    assert {"wait-ratio-heavy", "throughput-per-slot-heavy", "late"} <= seen.raised.keys()


def test_a_lane_in_which_nothing_ends_wakes_somebody_once_as_a_fugue(watch: Watch) -> None:
    """No walk ends that could tell of its waits: busy slots and a growing backlog are all."""
    seen = watch("stall")
    assert seen.pages == {"fugue": 1}
    assert seen.woke["fugue"] <= 25
    assert "wait-ratio-heavy" not in seen.raised


def test_a_burst_that_new_workers_answer_wakes_nobody(watch: Watch) -> None:
    seen = watch("burst")
    assert {"backlog-grows-heavy", "late"} <= seen.raised.keys()
    assert not seen.woke


def test_bulk_reprocessing_wakes_nobody_and_no_fresh_crash_is_late_for_it(watch: Watch) -> None:
    """That work waits is half of what a silent worker is told by; nobody is silent here."""
    seen = watch("bulk reprocessing")
    assert seen.raised.keys() == {"backlog-grows-heavy", "worker-silent-work"}
    assert not seen.woke


def test_a_slow_leak_wakes_somebody_as_soon_as_it_keeps_a_worker_from_taking_more(
    watch: Watch,
) -> None:
    seen = watch("slow leak")
    assert seen.pages == {"workers": 1}
    short = next(at for at, each in enumerate(series.slow_leak()) if is_short(each))
    assert 0 <= seen.woke["workers"] - (short - series.HOUR) < WORKER_LEAVES


def test_a_quiet_weekend_wakes_nobody(watch: Watch) -> None:
    """Each crash of it waits for a worker to start, and they are too few to be an anomaly."""
    seen = watch("quiet weekend")
    assert not seen.woke
    assert "late" not in seen.raised


def test_work_without_any_worker_wakes_somebody_once(watch: Watch) -> None:
    """Whoever is woken looks for workers: that fresh crashes are late is no news."""
    seen = watch("burst", most=0, event=BEGINNING)
    assert seen.pages == {"workers-gone": 1}
    assert seen.woke["workers-gone"] <= 20
    assert "late" in seen.raised


def test_work_without_any_worker_after_an_idle_night_wakes_somebody_a_little_later(
    watch: Watch,
) -> None:
    """SQS tells nothing of a queue at rest, and takes its time to begin again."""
    seen = watch("quiet weekend", most=0, event=MORNING)
    assert seen.pages == {"workers-gone": 1}
    assert seen.woke["workers-gone"] <= 35


def test_only_those_whose_word_is_awaited_take_silence_for_harm(watch: Watch) -> None:
    """Workers may be none: of silence alone their alarm wakes nobody."""
    raised = watch.alarms.raised(Recorded(length=series.HOUR))[-1]
    silent = {"oldest-due-crash", "rounds-missed-keeper", "rounds-missed-releaser"}
    composites = {"clockwork", "explained", "untended"}
    assert set(_plain(raised)) == silent | composites | {"worker-silent-nobody"}
