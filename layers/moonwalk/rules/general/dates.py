"""The rule for when things happened: the crash, its report, and what came before."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from moonwalk.domain.processed_crash import timestamp
from moonwalk.rules.general import client_times
from moonwalk.rules.general.client_times import CRASHED, INSTALLED, SINCE_LAST, SUBMITTED
from moonwalk.rules.rule import Crash, Found, Rule

MOST_DIGITS = 4_299
"""Of an age; Python neither writes nor reads numbers of some more."""
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
        fields, submitted = client_times.submission(crash.raw, notes)
        crash_time = client_times.crash_time(crash.raw, submitted, notes)
        if crash_time == submitted:
            notes.append("client_crash_date is unknown")
        startup = crash.processed.get("startup_time")
        startup = startup if isinstance(startup, int) else crash_time
        fields["crash_time"] = crash_time
        fields["client_crash_date"] = timestamp(EPOCH + timedelta(seconds=crash_time))
        install = client_times.install_time(crash.raw, startup, notes)
        if install is not None:
            fields["install_age"] = _age(crash_time - install)
        fields["uptime"] = max(0, _age(crash_time - startup))
        fields["last_crash"] = client_times.last_crash(crash.raw, notes)
        return Found(fields=fields, notes=tuple(notes))


def _age(seconds: int) -> int:
    largest: int = 10**MOST_DIGITS
    return max(-largest, min(seconds, largest))
