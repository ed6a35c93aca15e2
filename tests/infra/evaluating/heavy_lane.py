"""What the heavy lane's metrics say of a day: the recorded series, as the scaling rules met them.

`tests.infra.scaling` lets workers work, come and go by the template's own rules. Here each of its
minutes is told as the metrics would tell it, under the names that the template's alarms know.
"""

from collections import defaultdict
from collections.abc import Iterable

from infra.settings import Settings
from tests.infra.evaluating.alarms import Alarms
from tests.infra.evaluating.recorded import Key, Recorded
from tests.infra.evaluating.sqs import Publishing
from tests.infra.scaling.days import Moment
from tests.infra.series import Minute

SLOTS = 2
BULK_SLOTS = 1
"""Of those of one worker, for reprocessing."""
AROUND_SECONDS = 4.0
"""Of a crash's time what is not its walk: fetching, rules, saving."""
MEMORY = 17 * 1024**3
NEEDED = Settings().worker_slot_memory_mib * 1024**2
"""With less free memory a worker takes no more. Here it only says so: the day's pace does not
follow, and a real one would be replaced."""
BEGINNING = 30
"""Minutes that are not told: the lane starts from nothing, in the middle of a day."""
HEAVY = ("lane", "heavy")


def is_short(minute: Minute) -> bool:
    """Say whether a worker takes no more for want of memory."""
    return (1 - minute.memory) * MEMORY < NEEDED


class HeavyLane:
    """Records a day."""

    def __init__(self, alarms: Alarms) -> None:
        self.recorded = Recorded()
        self._keys = {key for each in alarms.on_metrics.values() for key in each.reads()}
        self._before = Moment(0, 0, 0, 0, 0, 0, 0)
        self._queues: dict[str, Publishing] = defaultdict(Publishing)

    def live(self, day: Iterable[tuple[Minute, Moment]]) -> Recorded:
        """Give the metrics of a whole day."""
        for at, (minute, moment) in enumerate(day):
            if at >= BEGINNING:
                self._tell_crashes(at, minute, moment)
                self._tell_workers(at, minute, moment)
                self._tell_queues(at, minute, moment)
                self._tell_rounds(at)
            self._before = moment
        return self.recorded

    def _tell_crashes(self, at: int, minute: Minute, moment: Moment) -> None:
        """Tell all fresh crashes of a minute as late as the latest of them."""
        fresh = round(self._before.fresh + minute.fresh - moment.fresh)
        bulk = round(self._before.bulk + minute.bulk - moment.bulk)
        lag = minute.seconds + 60 * moment.waited
        self._say(at, "crash.lag", lag, fresh, ("queue", "standard"), ("run", "first"))
        self._say(at, "crash.answers", 1, fresh + bulk, HEAVY, ("status", "processed"))
        walk = minute.seconds - AROUND_SECONDS
        self._say(at, "walk.time", walk, fresh + bulk, HEAVY)
        self._say(at, "walk.wait_time", minute.wait_ratio * walk, fresh + bulk, HEAVY)

    def _tell_workers(self, at: int, minute: Minute, moment: Moment) -> None:
        for _ in range(moment.running):
            self._say(at, "worker.slots", SLOTS)
            busy = moment.in_hand + moment.bulk_in_hand
            self._say(at, "worker.slots_busy", busy / moment.running)
            if is_short(minute):
                self._say(at, "worker.short_of", 1, 1, ("resource", "memory"))

    def _tell_queues(self, at: int, minute: Minute, moment: Moment) -> None:
        queues = {
            "HeavyStandardQueue": (moment.fresh, minute.fresh),
            "HeavyReprocessingQueue": (moment.bulk, minute.bulk),
        }
        for place, (waiting, came) in queues.items():
            used = bool(waiting or came or moment.running)
            if self._queues[place].tells(at, used=used):
                age = 60 * (moment.waited + 1) if waiting else 0
                self._say_of(at, place, "ApproximateNumberOfMessagesVisible", waiting)
                self._say_of(at, place, "ApproximateAgeOfOldestMessage", age)

    def _tell_rounds(self, at: int) -> None:
        """Tell what is told every minute of a pipeline that is looked after."""
        for word in ("ledger.oldest_due", "knobs.turned", "symbols.news_waiting"):
            self._say(at, word, 0)

    def _say(
        self, at: int, name: str, value: float, times: int = 1, *dimensions: tuple[str, str]
    ) -> None:
        """Record a metric of our own, which an alarm must know."""
        metric: Key = ("Moonwalk", name, frozenset(dimensions))
        assert metric in self._keys, f"no alarm reads {metric}"
        self.recorded.add(metric, at, value, times)

    def _say_of(self, at: int, place: str, name: str, value: float) -> None:
        """Record a metric of AWS's, under each name by which a template knows the place."""
        for metric in self._keys:
            if metric[1] == name and any(place in each for _, each in metric[2]):
                self.recorded.add(metric, at, value)
