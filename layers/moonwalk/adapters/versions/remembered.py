"""Versions that are remembered, and looked up within a bounded time: the port's real adapter."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Lock, Thread

from moonwalk.adapters.versions.lookup import Build, LookUpError, VersionPlace
from moonwalk.domain.breaker import Breaker, BreakerRules
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics

MOST_REMEMBERED = 5_000
FOUND_SECONDS, ABSENT_SECONDS = 24 * 3600.0, 1800.0
LONGEST_SECONDS = 3.0
"""For one look-up, whatever hangs there: names that do not resolve, or a store."""
RULES = BreakerRules(failures=3, window=60.0, rest=60.0, trial=10.0)
"""A place that failed three times in a minute is left alone for one."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Remembered:
    version: str | None
    until: float


class RememberedVersions:
    """`Versions` of a place. Safe to use from several threads.

    What a place says is remembered, a version longer than its absence. Whatever fails there gives
    None, and when it has failed a few times nobody waits for it for a while.
    """

    def __init__(
        self, place: VersionPlace, clock: Clock, metrics: Metrics, longest: float = LONGEST_SECONDS
    ) -> None:
        """Take who knows versions, and how many seconds a look-up may take."""
        self._place = place
        self._clock = clock
        self._metrics = metrics
        self._longest = longest
        self._lock = Lock()
        self._known: OrderedDict[Build, _Remembered] = OrderedDict()
        self._breaker = Breaker()

    def of(self, product: str, channel: str, build_id: str) -> str | None:
        """Give the version of a build, from memory if it is there."""
        build = Build(product, channel, build_id)
        if not build.is_askable:
            return None
        known = self._recalled(build)
        self._metrics.add(Metric.VERSION_CACHE, result="hit" if known else "miss")
        if known:
            return known.version
        found = self._looked_up(build)
        self._metrics.add(Metric.VERSION_LOOKUP, result="success" if found else "fail")
        return found

    def _recalled(self, build: Build) -> _Remembered | None:
        with self._lock:
            known = self._known.get(build)
            if known is None or known.until <= self._clock.now():
                return None
            self._known.move_to_end(build)
            return known

    def _looked_up(self, build: Build) -> str | None:
        if not self._may_ask():
            return None
        try:
            found = _within(self._longest, self._place, build)
        except LookUpError as error:
            _LOG.warning("no version of a build: %s", error)
            with self._lock:
                self._breaker = self._breaker.failed(self._clock.now(), RULES)
            return None
        self._remember(build, found)
        return found

    def _may_ask(self) -> bool:
        with self._lock:
            now = self._clock.now()
            if self._breaker.is_well:
                return True
            if not self._breaker.may_try(now):
                return False
            self._breaker = self._breaker.on_trial(now, RULES)
            return True

    def _remember(self, build: Build, found: str | None) -> None:
        with self._lock:
            now = self._clock.now()
            self._breaker = self._breaker.succeeded(now)
            seconds = FOUND_SECONDS if found else ABSENT_SECONDS
            self._known[build] = _Remembered(found, now + seconds)
            self._known.move_to_end(build)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)


def _within(seconds: float, place: VersionPlace, build: Build) -> str | None:
    """Ask a place in a thread of its own, which is left behind when it takes too long.

    Raises:
        LookUpError: when the place fails, in whatever way, or takes too long.
    """
    answers: Queue[str | Exception | None] = Queue()

    def ask() -> None:
        try:
            answers.put(place.find(build))
        except Exception as error:  # noqa: BLE001 - told below, where somebody waits for it
            answers.put(error)

    Thread(target=ask, name="versions", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise LookUpError(f"nothing came within {seconds} s") from None
    if isinstance(answer, LookUpError):
        raise answer
    if isinstance(answer, Exception):
        raise LookUpError(f"{type(answer).__name__} in the look-up") from answer
    return answer
