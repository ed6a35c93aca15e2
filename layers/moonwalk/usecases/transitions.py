"""Changing a ledger entry while others may change it too."""

from collections.abc import Callable

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.ledger import LedgerEntry
from moonwalk.ports import Conflict, Ledger

MAX_CONFLICTS = 8
"""Writers of one crash are a handful (dispatcher, walker, reconciler); more is a storm."""


def change(
    ledger: Ledger,
    crash_id: CrashId,
    transition: Callable[[LedgerEntry], LedgerEntry | None],
) -> LedgerEntry | None:
    """Apply a transition to the entry as it is now, looking again whenever somebody was faster.

    Args:
        ledger: where the entry is.
        crash_id: whose entry.
        transition: gives the next entry, or None when there is nothing to change.

    Returns:
        The entry written; None when there was no entry or nothing to change.

    Raises:
        RetryLater: `throttled`, when others kept being faster.
    """
    current = ledger.read(crash_id)
    for _ in range(MAX_CONFLICTS):
        following = transition(current) if current else None
        if following is None:
            return None
        try:
            ledger.write(following, replacing=current)
        except Conflict as conflict:
            current = conflict.current
        else:
            return following
    raise RetryLater(RetryCode.THROTTLED, f"the ledger entry of {crash_id} never held still")
