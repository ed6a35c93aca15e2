"""Crash ids: the one name of a crash, which carries its day and the collector's throttle result."""

import re
from dataclasses import dataclass
from datetime import date

from moonwalk.domain.failures import DeadLetter, DeadLetterCode

_SHAPE = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{6}[0-9]{6}")
_LENGTH = 36


@dataclass(frozen=True, slots=True, order=True)
class CrashId:
    """A crash id whose shape and date were checked.

    A UUID whose last seven characters are the throttle digit and the day as YYMMDD, in this
    century and in UTC (Socorro's form).
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse what is no crash id.

        Raises:
            DeadLetter: `bad_crash_id`, when shape or date are wrong.
        """
        if not _SHAPE.fullmatch(self.text):
            raise DeadLetter(
                DeadLetterCode.BAD_CRASH_ID,
                f"{len(self.text)} characters were given where a crash id of {_LENGTH} belongs",
            )
        try:
            self.day  # noqa: B018 - the property does the check
        except ValueError:
            raise DeadLetter(
                DeadLetterCode.BAD_CRASH_ID, f"the last six digits of {self.text} are no date"
            ) from None

    @property
    def day(self) -> date:
        """The day on which the collector took the crash in, UTC."""
        digits = self.text[-6:]
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))

    def __str__(self) -> str:
        return self.text
