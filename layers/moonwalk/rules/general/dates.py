"""The rule for when things happened: the crash, its report, and what came before."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from moonwalk.domain.processed_crash import timestamp
from moonwalk.rules.reading import quoted, unusable
from moonwalk.rules.rule import Crash, Document, Found, Rule

SUBMITTED, CRASHED, INSTALLED = "submitted_timestamp", "CrashTime", "InstallTime"
SINCE_LAST = "SecondsSinceLastCrash"
DIGITS = 10
"""Of a crash time; what follows is a fraction."""
MOST_SECONDS = 2**63 - 1
MOST_DIGITS = 4_299
"""Of an age; Python neither writes nor reads numbers of some more."""
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DatesAndTimesRule(Rule):
    """Says when a crash happened and was submitted, and how long after install and start (24).

    Clocks of users are what they are: a crash may be younger than its report, or than the install.
    F4: a value of a type that cannot be used has a note; for a crash time, that of submission
    counts then.
    """

    annotations: ClassVar[tuple[str, ...]] = (SUBMITTED, CRASHED, INSTALLED, SINCE_LAST)
    reads: ClassVar[tuple[str, ...]] = ("startup_time",)
    writes: ClassVar[tuple[str, ...]] = (
        SUBMITTED,
        "date_processed",
        "crash_time",
        "client_crash_date",
        "install_age",
        "uptime",
        "last_crash",
    )

    def act(self, crash: Crash) -> Found:
        """Give the times in seconds, and the dates as text."""
        notes: list[str] = []
        fields, submitted = _submission(crash.raw, notes)
        crash_time = _crash_time(crash.raw, submitted, notes)
        if crash_time == submitted:
            notes.append("client_crash_date is unknown")
        startup = crash.processed.get("startup_time")
        startup = startup if isinstance(startup, int) else crash_time
        fields["crash_time"] = crash_time
        fields["client_crash_date"] = timestamp(EPOCH + timedelta(seconds=crash_time))
        install = _install_time(crash.raw, startup, notes)
        if install is not None:
            fields["install_age"] = _age(crash_time - install)
        fields["uptime"] = max(0, _age(crash_time - startup))
        fields["last_crash"] = _last_crash(crash.raw, notes)
        return Found(fields=fields, notes=tuple(notes))


def _submission(raw: Document, notes: list[str]) -> tuple[dict[str, Any], int]:
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


def _crash_time(raw: Document, submitted: int, notes: list[str]) -> int:
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


def _install_time(raw: Document, startup: int, notes: list[str]) -> int | None:
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


def _last_crash(raw: Document, notes: list[str]) -> int | None:
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


def _age(seconds: int) -> int:
    largest: int = 10**MOST_DIGITS
    return max(-largest, min(seconds, largest))


def _non_integer(annotation: str) -> str:
    return f'non-integer value of "{annotation}"'
