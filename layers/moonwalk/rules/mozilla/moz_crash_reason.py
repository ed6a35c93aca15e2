"""The rule for what a program said when it crashed on purpose."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Parts, Rule

ANNOTATION = "MozCrashReason"
WITHHELD = "sanitized--see moz_crash_reason_raw"


class MozCrashReasonRule(Rule):
    """Gives the reason to everybody, unless it is of a kind that may quote users' data (31).

    Which kinds these are stands in the profile (`withheld`: beginnings of reasons). F4: a reason
    that is no text has a note and no field.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANNOTATION,)
    writes: ClassVar[tuple[str, ...]] = ("moz_crash_reason_raw", "moz_crash_reason")

    def __init__(self, withheld: tuple[str, ...] = ()) -> None:
        """Take how reasons begin that are withheld."""
        self._withheld = withheld

    @classmethod
    def made(cls, parts: Parts) -> Self:
        """Make the rule by what the profile says."""
        told: Mapping[str, Any] = parts.told
        return cls(tuple(told.get("withheld", ())))

    def applies(self, crash: Crash) -> bool:
        """Say whether there is a reason."""
        return bool(crash.raw.get(ANNOTATION))

    def act(self, crash: Crash) -> Found:
        """Give the reason as it is, protected, and for everybody."""
        reason = crash.raw[ANNOTATION]
        if not isinstance(reason, str):
            return Found(notes=(unusable(ANNOTATION),))
        shown = WITHHELD if reason.startswith(self._withheld) else reason
        return Found(fields={"moz_crash_reason_raw": reason, "moz_crash_reason": shown})
