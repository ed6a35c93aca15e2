"""What the ledger tells of a crash, as a document for machines and as seconds per step."""

from datetime import UTC, datetime
from typing import Any

from moonwalk.domain.ledger import LedgerEntry

SCHEMA = 1
"""Of every document that commands print for machines."""


def document(entry: LedgerEntry) -> dict[str, Any]:
    """Give an entry as commands print it for machines: times as ISO 8601 in UTC."""
    result = entry.result
    return {
        "schema": SCHEMA,
        "crash_id": entry.crash_id.text,
        "state": entry.state.value,
        "reason": result.reason if result else None,
        "signature": result.signature if result else None,
        "lane": entry.lane.value if entry.lane else None,
        "attempt": entry.fence.attempt,
        "queue": entry.queue.value,
        "ruleset": entry.ruleset.value,
        "put_backs": entry.put_backs,
        "starts": entry.starts,
        "again": entry.again.ruleset.value if entry.again else None,
        "dump_bytes": result.dump_bytes if result else None,
        "times": times_of(entry),
        "seconds": seconds_of(entry),
    }


def times_of(entry: LedgerEntry) -> dict[str, str]:
    """Give the moments that the ledger knows."""
    moments = {
        "sent": entry.first_seen,
        "claimed": entry.claimed_at,
        "ended": entry.result.finished_at if entry.result else None,
        "due": entry.due_at if entry.in_flight else None,
    }
    return {name: _iso(moment) for name, moment in moments.items() if moment is not None}


def seconds_of(entry: LedgerEntry) -> dict[str, float]:
    """Give how long the steps took of which the ledger tells, in seconds.

    The ledger is told little, so that it is written twice only: what lies between the claim and
    the end beside the walk (dispatch, workflow, fetch, rules, save) is one figure.
    """
    steps = {"queue": entry.claimed_at - entry.first_seen}
    if entry.result:
        in_hand = entry.result.finished_at - entry.claimed_at
        steps["walk"] = entry.result.walk_seconds
        steps["dispatch_fetch_rules_save"] = in_hand - entry.result.walk_seconds
        steps["total"] = entry.result.finished_at - entry.first_seen
    return {name: round(max(0.0, seconds), 3) for name, seconds in steps.items()}


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
