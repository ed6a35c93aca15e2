"""Whether a worker is fit for work, as far as the ends of its tasks tell."""

import threading

from moonwalk.domain.failures import RetryCode

MOST_FAULTS = 5
"""Tasks that the worker itself has spoilt, without an answer in between: another one may fare
better."""
OWN_FAULTS = frozenset(
    {
        RetryCode.BROKER_BROKEN,
        RetryCode.SYMBOLS_INTERRUPTED,
        RetryCode.WALKER_BROKEN,
        RetryCode.WORKER_BROKEN,
    }
)
"""What fails inside the container. A disk without room is looked after before a task is taken."""


class Fitness:
    """Counts how many tasks in a row were spoilt; safe to use from several threads."""

    def __init__(self) -> None:
        """Nothing was spoilt yet."""
        self._lock = threading.Lock()
        self._spoilt = 0

    @property
    def is_lost(self) -> bool:
        """Whether the worker had better be replaced."""
        return self._spoilt >= MOST_FAULTS

    def answered(self) -> None:
        """Say that a task was done: all that others need is there."""
        with self._lock:
            self._spoilt = 0

    def spoilt(self) -> None:
        """Say that a task failed here, and perhaps would not have elsewhere."""
        with self._lock:
            self._spoilt += 1
