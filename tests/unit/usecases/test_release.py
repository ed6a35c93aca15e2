"""Crashes are released once each, paced, the newest first, and survive whoever dies in between."""

from collections.abc import Iterable

import pytest

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import Fence
from moonwalk.domain.misses import Arrival, Miss, News, ReleaseRules
from moonwalk.domain.symbols import SymbolKey, symbol_key
from moonwalk.metrics import Metric
from moonwalk.usecases.release import MOST_NEWS, PAGE, Release
from tests.builders import NOW, crash_id
from tests.fakes import FakeClock, FakeMetrics
from tests.fakes.misses import FakeArrivals, FakeMisses

KEYS = [symbol_key(f"lib{number}.so", f"{number:033X}") for number in range(1, 4)]
KEY = KEYS[0]
SINCE = round(NOW * 1000)
DAY = 86_400


class Releasing:
    """A releaser over fakes.

    Attributes:
        sent: what was asked for: crash and attempt.
        fail_at: how many crashes can be sent before the world fails.
    """

    def __init__(self, *, per_round: int = 1000, per_module: int = 10_000) -> None:
        self.misses, self.arrivals = FakeMisses(), FakeArrivals()
        self.clock, self.metrics = FakeClock(NOW), FakeMetrics()
        self.sent: list[tuple[CrashId, int]] = []
        self.fail_at = 10**9
        self.round = Release(
            misses=self.misses,
            arrivals=self.arrivals,
            reprocessing=self,
            clock=self.clock,
            metrics=self.metrics,
            rules=ReleaseRules(per_module, days=14),
            per_round=lambda: per_round,
            seconds=35,
        )

    def symbols_came(self, crash_id: CrashId, fence: Fence) -> None:
        if len(self.sent) == self.fail_at:
            raise RetryLater(RetryCode.UNAVAILABLE, "no route")
        self.sent.append((crash_id, fence.attempt))

    def missed(
        self,
        numbers: Iterable[int],
        keys: Iterable[SymbolKey] = (KEY,),
        *,
        attempt: int = 1,
        provisional: bool = False,
    ) -> None:
        """Crashes with greater numbers came later."""
        for number in numbers:
            for key in keys:
                fence = Fence(SINCE + number, attempt)
                self.misses.record(Miss(key, crash_id(number), fence, provisional))

    def came(self, *keys: SymbolKey, news: News = News.PACKED) -> None:
        for key in keys or (KEY,):
            self.arrivals.tell(key, news, self.clock.now())

    def dropped(self, why: str) -> float:
        return self.metrics.total(Metric.CRASHES_DROPPED, reason=why)


def test_exactly_the_crashes_that_missed_it_are_sent_once_the_newest_first() -> None:
    world = Releasing()
    world.missed(range(2 * PAGE + 5))
    world.missed([900], [KEYS[1]])
    world.came()
    assert world.round() == 2 * PAGE + 5
    assert world.sent == [(crash_id(number), 1) for number in reversed(range(2 * PAGE + 5))]
    assert world.arrivals.news == {}
    assert [miss.key for miss in world.misses.items.values()] == [KEYS[1]]
    world.came()
    assert world.round() == 0
    assert world.metrics.total(Metric.CRASHES_RELEASED, news="packed") == 2 * PAGE + 5


def test_a_crash_that_missed_three_modules_that_come_together_is_sent_once() -> None:
    world = Releasing()
    world.missed([7], KEYS)
    world.came(*KEYS)
    assert world.round() == 1
    assert world.sent == [(crash_id(7), 1)]
    assert world.misses.items == {}


def test_a_round_sends_no_more_than_its_rate_and_the_next_goes_on() -> None:
    world = Releasing(per_round=3)
    world.missed(range(4), KEYS[:1])
    world.missed(range(10, 14), KEYS[1:2])
    world.came(*KEYS[:2])
    for newest in ([13, 12, 11], [10, 3, 2], [1, 0]):
        world.sent.clear()
        assert world.round() == len(newest)
        assert world.sent == [(crash_id(number), 1) for number in newest]
    assert world.metrics.recorded[-1] == (Metric.NEWS_WAITING, 0, {})


def test_nothing_goes_before_its_news_is_due() -> None:
    world = Releasing()
    world.missed([1])
    world.arrivals.tell(KEY, News.PACKED, NOW + 70)
    assert world.round() == 0
    world.clock.advance(70)
    assert world.round() == 1


def test_who_dies_between_sending_and_taking_sends_again_what_is_the_same_run() -> None:
    world = Releasing()
    world.missed(range(5))
    world.came()
    world.fail_at = 2
    with pytest.raises(RetryLater):
        world.round()
    world.fail_at = 10**9

    def die(method: str) -> None:
        if method == "take":
            raise RetryLater(RetryCode.UNAVAILABLE, "killed")

    world.misses.before = die
    with pytest.raises(RetryLater):
        world.round()
    world.misses.before = lambda _method: None
    assert world.round() == 3
    assert {run for run, _ in world.sent} == {crash_id(number) for number in range(5)}
    assert len(world.sent) == 6


def test_a_miss_that_a_later_run_left_meanwhile_is_kept_for_the_next_news() -> None:
    world = Releasing()
    world.missed([1])
    world.came()

    def overtake(method: str) -> None:
        if method == "take":
            world.misses.before = lambda _method: None
            world.missed([1], attempt=2)
            world.came()

    world.misses.before = overtake
    world.round()
    world.round()
    assert world.sent == [(crash_id(1), 1), (crash_id(1), 2)]


def test_news_that_comes_after_the_last_page_was_read_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = Releasing()
    world.came()
    done = world.arrivals.done

    def late(arrival: Arrival) -> bool:
        """A crash that was walked before the pack came writes its miss, and looks again."""
        monkeypatch.setattr(world.arrivals, "done", done)
        world.missed([3])
        world.came()
        return done(arrival)

    monkeypatch.setattr(world.arrivals, "done", late)
    assert world.round() == 1
    assert world.sent == [(crash_id(3), 1)]
    assert world.arrivals.news == {}


def test_what_nobody_missed_does_not_keep_others_waiting_for_the_next_round() -> None:
    world = Releasing()
    many = [symbol_key("libmany.so", f"{number:033X}") for number in range(1, MOST_NEWS + 50)]
    world.came(*many)
    world.clock.advance(1)
    world.missed([1])
    world.came()
    assert world.round() == 1
    assert world.arrivals.news == {}


def test_that_no_source_has_symbols_concerns_those_only_who_wait_for_them() -> None:
    world = Releasing()
    world.missed([1], provisional=True)
    world.missed([2], provisional=False)
    world.came(news=News.ABSENT)
    world.round()
    assert world.sent == [(crash_id(1), 1)]
    assert world.arrivals.news == {}
    assert len(world.misses.items) == 1


def test_beyond_the_cap_of_a_module_the_oldest_stay_as_they_are_over_all_rounds() -> None:
    world = Releasing(per_round=2, per_module=3)
    world.missed(range(6))
    world.came()
    while world.arrivals.news:
        world.round()
    assert world.sent == [(crash_id(number), 1) for number in (5, 4, 3)]
    assert world.dropped("cap") == 3
    assert world.misses.items == {}


def test_crashes_that_are_too_old_stay_as_they_are() -> None:
    world = Releasing()
    world.missed([1000, 4000])
    world.clock.advance(14 * DAY + 2)
    world.came()
    world.round()
    assert world.sent == [(crash_id(4000), 1)]
    assert world.dropped("age") == 1


def test_a_crash_that_was_walked_often_stays_as_it_is() -> None:
    world = Releasing()
    world.missed([1], attempt=25)
    world.came()
    world.round()
    assert world.sent == []
    assert world.dropped("runs") == 1
    assert world.misses.items == {}


def test_a_round_ends_in_time() -> None:
    world = Releasing()
    world.missed(range(10))
    world.came()
    world.misses.before = lambda method: world.clock.advance(20) if method == "take" else None
    assert world.round() == 2
    assert world.metrics.recorded[-1] == (Metric.NEWS_WAITING, 1, {})
