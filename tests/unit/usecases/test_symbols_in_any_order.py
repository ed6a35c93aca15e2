"""Whatever happens in whatever order: a crash ends with all symbols that came, soon enough."""

import random

import pytest

from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import State
from moonwalk.domain.outcome import WalkResult
from moonwalk.usecases.dispatch import Later
from tests.builders import DUE_AFTER
from tests.unit.usecases.recording import AFTER, Recording, touched

MODULES = 3


class Weather:
    """Symbols come, crashes are released and releasers die, in the middle of anything."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a test's own dice
        random.seed(seed)  # pauses are scattered by the common dice
        self.world = Recording()
        self.world.touched = [touched(number) for number in range(1, MODULES + 1)]
        self.to_come = list(range(1, MODULES + 1))
        self.stored: list[int] = []
        self.told = 0
        self.inside = self.calm = False
        self.possible = [self.store, self.tell, self.arrive, self.round, self.run]
        if self.random.random() < 0.3:
            # Not always: who tells again heals what was forgotten.
            self.possible.append(self.tell_again)
        walk = self.world.walker.result

        def interrupted_walk(content: bytes) -> WalkResult:
            result = walk(content)
            self.interrupt("walk")
            return result

        self.world.walker.result = interrupted_walk
        self.world.misses.before = self.world.arrivals.before = self.interrupt
        self.world.fake_ledger.before_write = lambda _entry: self.interrupt("write")

    def interrupt(self, method: str) -> None:
        if method == "tell":
            self.told += 1
        if self.calm or self.inside or self.random.random() > 0.3:
            return
        self.inside = True
        try:
            self.happen()
        finally:
            self.inside = False
        if method in ("take", "done") and self.random.random() < 0.2:
            raise RetryLater(RetryCode.UNAVAILABLE, "the releaser was killed")

    def happen(self) -> None:
        self.random.choice(self.possible)()

    def store(self) -> None:
        """A packer stores a pack; whether it comes to tell is another matter."""
        if self.to_come:
            self.stored.append(self.to_come.pop(self.random.randrange(len(self.to_come))))
            self.world.pack(self.stored[-1])

    def tell(self) -> None:
        if self.stored:
            self.world.came(self.stored.pop())

    def arrive(self) -> None:
        """Symbols come, and all whom the account names by then are released."""
        self.store()
        self.tell()
        self.world.clock.advance(AFTER)
        self.round()

    def tell_again(self) -> None:
        """An event about an upload comes a second time."""
        gone = {*range(1, MODULES + 1)} - {*self.to_come, *self.stored}
        if gone:
            self.world.came(min(gone))

    def round(self) -> None:
        self.world.clock.advance(self.random.choice([1.0, AFTER, 2 * AFTER]))
        try:
            self.world.release()
        except RetryLater:
            return

    def run(self) -> None:
        """A message is delivered, and sometimes once more."""
        if self.world.requests.sent:
            queue, body = self.random.choice(self.world.requests.sent)
            self.world.deliver(body, queue)

    def blow_over(self) -> None:
        """All symbols have come and were told of; time passes, and nobody dies any more."""
        self.calm = True
        while self.to_come:
            self.store()
        while self.stored:
            self.tell()
        for _ in range(12):
            self.world.clock.advance(DUE_AFTER)
            self.world.reconcile()
            self.world.release()
            self.world.deliver_sent()


def weathered(seed: int) -> Weather:
    weather = Weather(seed)
    kept: Later | None = weather.world.deliver(identity="m1")
    for _ in range(weather.random.randrange(8)):
        weather.happen()
        if kept:
            kept = weather.world.deliver(identity="m1", tries=2)
    weather.blow_over()
    return weather


@pytest.mark.parametrize("seed", range(150))
def test_a_crash_ends_with_all_symbols_that_came(seed: int) -> None:
    weather = weathered(seed)
    world = weather.world
    assert (world.entry.state, world.entry.again) == (State.PROCESSED, None)
    assert world.missed == []
    assert world.arrivals.news == {}


def test_the_weather_is_bad_and_yet_few_runs_are_more_than_news_came() -> None:
    weathers = [weathered(seed) for seed in range(60)]
    attempts = [weather.world.entry.fence.attempt for weather in weathers]
    assert max(attempts) > 2
    assert all(each <= 1 + weather.told for each, weather in zip(attempts, weathers, strict=True))
    assert sum(attempts) / len(attempts) < 1 + MODULES
