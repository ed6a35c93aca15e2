"""Reads the times that clients and collectors write into annotations, and notes what is odd."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moonwalk.rules.reading import quoted, unusable
from moonwalk.rules.rule import Document

SUBMITTED, CRASHED, INSTALLED = "submitted_timestamp", "CrashTime", "InstallTime"
SINCE_LAST = "SecondsSinceLastCrash"
DIGITS = 10
"""Of a crash time; what follows is a fraction."""
MOST_SECONDS = 2**63 - 1
DAY = timedelta(days=1)


def submission(raw: Document, notes: list[str]) -> tuple[dict[str, Any], int]:
    """Give the fields of the submission, and its time in whole seconds; 0 for none."""
    submitted = raw.get(SUBMITTED)
    if not isinstance(submitted, str):
        missing = f"WARNING: raw_crash missing {SUBMITTED}"
        notes.append(missing if submitted is None else unusable(SUBMITTED))
        return {}, 0
    fields: dict[str, Any] = {SUBMITTED: submitted, "date_processed": submitted}
    try:
        moment = datetime.fromisoformat(submitted)
        if moment.tzinfo is None:
            # Python tells no local time of its first day, so that for Socorro it is no time.
            moment = (moment - DAY).replace(tzinfo=UTC) + DAY
        return fields, int(moment.astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return fields, 0


def crash_time(raw: Document, submitted: int, notes: list[str]) -> int:
    """Give the time of the crash in seconds; that of the submission where none is told."""
    told = raw.get(CRASHED)
    if isinstance(told, str):
        try:
            return int(told[:DIGITS])
        except ValueError:
            notes.append(_non_integer(CRASHED))
            return 0
    if told is None:
        notes.append(f"WARNING: raw_crash missing {CRASHED}")
    elif isinstance(told, list):
        notes.append(unusable(CRASHED))
    else:
        # The words with which Python refuses to take the first digits of such a value.
        why = (
            "unhashable type: 'slice'"
            if isinstance(told, Mapping)
            else f"'{type(told).__name__}' object is not subscriptable"
        )
        notes.append(
            f"WARNING: raw_crash[{CRASHED}] contains unexpected value: {quoted(told)}; {why}"
        )
    return submitted


def install_time(raw: Document, startup: int, notes: list[str]) -> int | None:
    """Give the time of the install; that of the start where none is told, None if unusable."""
    told = raw.get(INSTALLED)
    if told is None:
        return startup
    try:
        return int(told)
    except ValueError:
        notes.append(_non_integer(INSTALLED))
        return 0
    except (TypeError, OverflowError):
        notes.append(unusable(INSTALLED))
        return None


def last_crash(raw: Document, notes: list[str]) -> int | None:
    """Give the seconds since the crash before, if there was one."""
    told = raw.get(SINCE_LAST)
    if told is None:
        return None
    try:
        seconds = int(told)
    except (ValueError, TypeError, OverflowError):
        notes.append(_non_integer(SINCE_LAST))
        return None
    if seconds > MOST_SECONDS:
        notes.append(f'"{SINCE_LAST}" larger than MAXINT - set to NULL')
        return None
    return seconds


def _non_integer(annotation: str) -> str:
    return f'non-integer value of "{annotation}"'
