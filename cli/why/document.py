"""What `moonwalk why` tells a machine."""

from datetime import UTC, datetime
from typing import Any

from cli.ledger_view import SCHEMA
from cli.why.timeline import counted, in_order, seconds_of, stretches
from cli.why.told import Told
from moonwalk.adapters import run_figure_items


def document(told: Told, now: float) -> dict[str, Any]:
    """Give all that is known of a crash: times as ISO 8601 in UTC, lengths in seconds."""
    entry, way = told.entry, stretches(told.entry, now)
    result = entry.result
    figures = result.figures if result else None
    return {
        "schema": SCHEMA,
        "crash_id": entry.crash_id.text,
        "state": entry.state.value,
        "reason": result.reason if result else None,
        "lane": entry.lane.value if entry.lane else None,
        "attempt": entry.fence.attempt,
        "moments": [
            {
                "at": _iso(moment.at),
                "step": moment.step.value,
                "attempt": moment.attempt,
                "detail": moment.detail or None,
            }
            for moment in in_order(entry.trail)
        ],
        "stretches": [
            {
                "began": _iso(one.began),
                "seconds": round(one.seconds, 3),
                "kind": one.kind.value,
                "what": one.what,
                "attempt": one.attempt,
                "open": one.open,
            }
            for one in way
        ],
        "seconds": {kind.value: round(sum_, 3) for kind, sum_ in seconds_of(way).items()},
        "counts": dict(counted(entry)),
        "run": run_figure_items.told(figures) if figures else None,
        "wait_ratio": round(figures.spent.wait_ratio, 4) if figures else None,
        "lacking": told.lacking,
        "workflow": {"name": told.workflow.name, "status": told.workflow.status},
    }


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
