"""When SQS tells of a queue: every minute while somebody uses it, and not at once after a rest."""

ACTIVE_MINUTES = 6 * 60
"""For which a queue that nobody uses is still told of."""
WAKING_MINUTES = 15
"""Until a queue that was at rest is told of again, at worst."""


class Publishing:
    """What AWS says of its metrics of one queue."""

    def __init__(self) -> None:
        self._used = 0
        self._awake = 0

    def tells(self, minute: int, *, used: bool) -> bool:
        """Say whether a minute is told of; used: it had messages, or was asked for them."""
        if used:
            if minute - self._used > ACTIVE_MINUTES:
                self._awake = minute + WAKING_MINUTES
            self._used = minute
        return self._awake <= minute <= self._used + ACTIVE_MINUTES
