"""One pass of processing, and the words for how a walk ended that rules share."""

from dataclasses import dataclass
from datetime import UTC, datetime

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.request import Ruleset

STATUS_OK = "OK"
STATUS_UNKNOWN = "unknown error"
STATUS_EMPTY = "EmptyMinidump"
STATUS_UNREADABLE_PACKS = "UnreadablePacks"


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of processing: which crash, by which rules, since when, and where.

    Attributes:
        started: aware, UTC.
        host: an opaque name of the place; everybody may see it.
    """

    crash_id: CrashId
    ruleset: Ruleset
    started: datetime
    host: str

    @property
    def first_note(self) -> str:
        """The line that every pass's notes begin with."""
        started = str(self.started.astimezone(UTC))
        return f">>> Start processing: {started} ({self.host})"


def timestamp(moment: datetime) -> str:
    """Give a time as processed crashes hold it: UTC, whole seconds, `+00:00`."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
