"""A day in the heavy lane by the minute: what comes, what workers do, what rules make of it.

What AWS does between a rule and a worker is assumed, in the constants below; nothing here was seen
in an account.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.infra.scaling.rules import Rule, Rules
from tests.infra.series import Minute, Series

START_MINUTES = 1
"""Others measured 53 to 62 s for an image of 413 MB."""
LATE_MINUTES = 2
"""Until the metrics of a minute are there, and an alarm has looked at them."""


@dataclass(frozen=True)
class Moment:
    """How a minute ended.

    Attributes:
        wanted: workers that scaling or the dispatcher asked for.
        running: workers that worked in it.
        fresh: crashes that wait, not those in hand.
        bulk: the same of reprocessing.
        in_hand: slots that were busy with fresh crashes.
        bulk_in_hand: the same of reprocessing.
        done: crashes that were finished in it.
        waited: minutes that the fresh crash waited longest which was begun in it.
    """

    wanted: int
    running: int
    fresh: float
    bulk: float
    in_hand: int
    done: float
    waited: int
    bulk_in_hand: int = 0

    def values(self, name: str) -> float:
        """Give a metric as the template's alarms name it; one fresh queue stands for all."""
        if name.endswith("DesiredTaskCount"):
            return self.wanted
        visible = name.endswith("MessagesVisible") and not name.endswith("NotVisible")
        if "HeavyReprocessing" in name:
            return math.ceil(self.bulk) if visible else self.bulk_in_hand
        if "HeavyStandard" in name:
            return math.ceil(self.fresh) if visible else self.in_hand
        return 0


@dataclass
class _Acting:
    """A rule with what it did last."""

    rule: Rule
    until: int = -1
    before: int = 0
    breaches: int = 0

    def wanted(self, at: int, seen: Moment, workers: int) -> int:
        """Give how many workers are wanted after a look at what is seen."""
        value = self.rule.value(seen.values)
        self.breaches = self.breaches + 1 if self.rule.breached(value) else 0
        if self.breaches < self.rule.minutes:
            return workers
        if at >= self.until:
            self.before = workers
        elif not self.rule.rising:
            return workers
        # In its cooldown what was added before is part of what a larger step adds.
        wanted = self.before + self.rule.change(value, self.before)
        wanted = max(workers, wanted) if self.rule.rising else wanted
        if wanted != workers:
            self.until = at + self.rule.cooldown
        return wanted


@dataclass
class _Lane:
    """The queues and the workers."""

    slots: int
    bulk_slots: int
    workers: deque[int]
    fresh: deque[list[float]] = field(default_factory=deque)
    bulk: float = 0.0

    def pass_minute(self, at: int, comes: Minute, wanted: int) -> Moment:
        """Let workers work for a minute; one that goes finishes what it has in hand."""
        self.workers.append(wanted)
        running = min(self.workers)
        self.workers.popleft()
        if comes.fresh:
            self.fresh.append([at, comes.fresh])
        self.bulk += comes.bulk
        able = running * 60 / comes.seconds
        left, waited = self._take_fresh(at, able * self.slots)
        of_fresh = able * self.slots - left
        of_bulk = min(left, able * self.bulk_slots, self.bulk)
        self.bulk -= of_bulk
        busy, bulk_busy = (
            math.ceil(done * comes.seconds / 60 - 1e-9) for done in (of_fresh, of_bulk)
        )
        waiting = sum(count for _, count in self.fresh)
        done = of_fresh + of_bulk
        return Moment(wanted, running, waiting, self.bulk, busy, done, waited, bulk_busy)

    def _take_fresh(self, at: int, able: float) -> tuple[float, int]:
        waited = 0
        while self.fresh and able > 0:
            came, count = self.fresh[0]
            waited = max(waited, at - int(came))
            taken = min(able, count)
            able -= taken
            if taken == count:
                self.fresh.popleft()
            else:
                self.fresh[0][1] -= taken
        return able, waited


def moments(rules: Rules, series: Series, slots: int, bulk_slots: int) -> Iterator[Moment]:
    """Let the minutes of a series pass; of a worker's slots bulk may have so many."""
    out, back = _Acting(rules.out), _Acting(rules.back)
    wanted = rules.least
    lane = _Lane(slots, bulk_slots, deque([wanted] * START_MINUTES))
    past: deque[Moment] = deque(maxlen=LATE_MINUTES)
    for at, comes in enumerate(series):
        if wanted == 0 and (comes.fresh or comes.bulk):
            wanted = 1  # by the dispatcher, at once
        if len(past) == LATE_MINUTES:
            more = out.wanted(at, past[0], wanted)
            wanted = more if more > wanted else back.wanted(at, past[0], wanted)
            wanted = min(rules.most, max(rules.least, wanted))
        moment = lane.pass_minute(at, comes, wanted)
        past.append(moment)
        yield moment
