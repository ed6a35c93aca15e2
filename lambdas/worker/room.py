"""Back-pressure: a worker takes no more while what one slot needs is not free."""

import math
import time
from collections.abc import Callable, Mapping

from aws_lambda_powertools import Logger

from moonwalk.metrics import Metric
from moonwalk.ports import Metrics

LASTING_SECONDS = 900.0
"""After which room that is not there does not come by itself either."""
TELL_SECONDS = 60.0
"""How often log and metric say so while it lasts."""

Look = Callable[[], int]


class Room:
    """Looks at what is free, and says when and of what there is too little.

    What it compares with is what one slot needs. That what the slots use already leaves so much is
    a matter of the settings; too little is free when something leaks, or the machine is a smaller
    one than was asked for.
    """

    def __init__(
        self,
        needed: Mapping[str, tuple[Look, int]],
        metrics: Metrics,
        logger: Logger,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take by name of each resource how to look what is free of it, and what has to be."""
        self._needed = needed
        self._metrics = metrics
        self._logger = logger
        self._now = now
        self._short_of: list[str] = []
        self._tell_at = -math.inf
        self._since = math.inf

    @property
    def is_lost(self) -> bool:
        """Whether there has been too little for so long that it will not come back by itself."""
        return self._now() - self._since >= LASTING_SECONDS

    def suffices(self) -> bool:
        """Whether one more task has room."""
        free = {name: look() for name, (look, _) in self._needed.items()}
        short_of = [name for name, (_, needed) in self._needed.items() if free[name] < needed]
        self._since = min(self._since, self._now()) if short_of else math.inf
        if short_of != self._short_of or (short_of and self._now() >= self._tell_at):
            self._tell(short_of, free)
        return not short_of

    def _tell(self, short_of: list[str], free: Mapping[str, int]) -> None:
        self._short_of, self._tell_at = short_of, self._now() + TELL_SECONDS
        if not short_of:
            self._logger.info("room again", free=free)
            return
        needed = {name: self._needed[name][1] for name in short_of}
        self._logger.warning("no room for more", short_of=short_of, free=free, needed=needed)
        for name in short_of:
            self._metrics.add(Metric.WORKER_SHORT_OF, resource=name)
