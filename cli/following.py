"""Follows a crash in the ledger until it has ended."""

import time

from cli.exits import Negative
from cli.reachable import Reachable
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.ledger import LedgerEntry

PAUSE = 0.1
"""Seconds between two looks, at first; a deployment far away is asked less and less often."""
LONGEST_PAUSE = 2.0


def follow(crash_id: CrashId, at: Reachable, seconds: float) -> LedgerEntry:
    """Wait for the end of a crash's run.

    Args:
        crash_id: which crash.
        at: where it was sent.
        seconds: how long to wait.

    Raises:
        Negative: when it has not ended in time.
        Unreachable: when the ledger cannot be read.
    """
    until = time.monotonic() + seconds
    pause = PAUSE
    ledger = at.ledger
    while time.monotonic() < until:
        with at.asked():
            entry = ledger.read(crash_id)
        if entry and not entry.in_flight:
            return entry
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 1.1)
    raise Negative(
        f"{crash_id} has not ended within {seconds:g} s",
        f"give it more by --timeout; where it stays, `moonwalk status {crash_id}` tells more",
    )
