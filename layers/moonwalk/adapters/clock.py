"""The time of the machine."""

import time


class SystemClock:
    """A `Clock` that tells the machine's time."""

    def now(self) -> float:
        """Give the time in seconds since the epoch."""
        return time.time()
