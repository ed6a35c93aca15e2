"""Sends crashes to be walked again when there is news of symbols that they missed: paced, once.

A round takes what is due, the newest crashes first, and no more than its rate allows; the rest
stays for the next round. A crash is sent before its miss is taken away: who dies in between sends
it again, and the message names the run that was without the symbols, which has one successor.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.misses import Arrival, Miss, News, ReleaseRules
from moonwalk.metrics import Metric
from moonwalk.miss_ports import Arrivals, Misses, Reprocessing
from moonwalk.ports import Clock, Metrics

MOST_NEWS = 200
"""Modules that are looked at together; a build brings more, most of which nobody missed."""
PAGE = 50
"""Crashes of one module that are looked at before the next module's turn."""


@dataclass(slots=True)
class _Round:
    """What a round has done so far.

    Attributes:
        until: when it stops, done or not.
        most: crashes that it may send.
        runs: that were sent; one that missed three modules goes once.
        released: how many for each news.
    """

    until: float
    most: int
    runs: set[tuple[CrashId, int]] = field(default_factory=set)
    released: Counter[Arrival] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Releases crashes, a round at a time.

    Attributes:
        per_round: crashes that the round which begins now may send.
        seconds: after which a round begins nothing new.
    """

    misses: Misses
    arrivals: Arrivals
    reprocessing: Reprocessing
    clock: Clock
    metrics: Metrics
    rules: ReleaseRules
    per_round: Callable[[], int]
    seconds: float

    def __call__(self) -> int:
        """Do one round; say how many crashes were sent.

        Raises:
            RetryLater: when the world fails; the next round goes on from there.
        """
        now = self.clock.now()
        this = _Round(now + self.seconds, self.per_round())
        waiting = self.arrivals.due(now, MOST_NEWS)
        while waiting and self._goes_on(this):
            waiting = self._pass(waiting, this) or self.arrivals.due(now, MOST_NEWS)
        for arrival, crashes in this.released.items():
            self.arrivals.released(arrival, crashes)
        self.metrics.add(Metric.NEWS_WAITING, len(waiting))
        return len(this.runs)

    def _goes_on(self, this: _Round) -> bool:
        return len(this.runs) < this.most and self.clock.now() < this.until

    def _pass(self, waiting: Sequence[Arrival], this: _Round) -> list[Arrival]:
        """Take a page of each module, the newest crashes of all first; give what may have more."""
        pages = [(arrival, self._page(arrival)) for arrival in waiting]
        concerned = [(arrival, miss) for arrival, page in pages for miss in page]
        for arrival, miss in sorted(concerned, key=lambda each: -each[1].fence.since):
            if not self._goes_on(this):
                break
            self._settle(arrival, miss, this)
        return [arrival for arrival, page in pages if page]

    def _page(self, arrival: Arrival) -> Sequence[Miss]:
        """Read the newest misses; news without any is done with, unless it has just come again."""
        everybody = arrival.news is News.PACKED
        page = self.misses.newest(arrival.key, all_kinds=everybody, limit=PAGE)
        if not page:
            self.arrivals.done(arrival)
        return page

    def _settle(self, arrival: Arrival, miss: Miss, this: _Round) -> None:
        released = arrival.released + this.released[arrival]
        if drop := self.rules.drop(miss, released, self.clock.now()):
            self.metrics.add(Metric.CRASHES_DROPPED, reason=drop)
        else:
            if miss.run not in this.runs:
                self.reprocessing.symbols_came(miss.crash_id, miss.fence)
                self.metrics.add(Metric.CRASHES_RELEASED, news=arrival.news)
                this.runs.add(miss.run)
            this.released[arrival] += 1
        self.misses.take(miss)
