"""Measures the steps of one run while it goes on, and keeps what its walks took."""

import threading

from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.domain.walk_cost import Spent
from moonwalk.ports import Clock


class RunLaps:
    """A run's times. Steps follow one another; walks report from several threads."""

    def __init__(self, clock: Clock) -> None:
        """Begin with the first step."""
        self._clock = clock
        self._last = clock.now()
        self._seconds = dict.fromkeys(RunStep, 0.0)
        self._spent = Spent()
        self._longest_fetch = 0.0
        self._lock = threading.Lock()

    def done(self, step: RunStep) -> None:
        """Count the time since the step before for this one."""
        now = self._clock.now()
        passed, self._last = max(0.0, now - self._last), now
        if step is RunStep.WALK:
            fetched, self._longest_fetch = min(passed, self._longest_fetch), 0.0
            self._seconds[RunStep.FETCH] += fetched
            passed -= fetched
        self._seconds[step] += passed

    def walked(self, spent: Spent, fetch_seconds: float) -> None:
        """Add what a walk took, and the fetching of its dump before."""
        with self._lock:
            self._spent += spent
            self._longest_fetch = max(self._longest_fetch, fetch_seconds)

    def figures(self) -> RunFigures:
        """Give what was measured so far."""
        return RunFigures(dict(self._seconds), self._spent)
