"""The rule for the way that a user sent a crash report."""

from typing import Any, ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

INFOBAR, UNKNOWN = "Infobar", "Unknown"
TRUE = ("1", "true", True)
FROM, FROM_INFOBAR = "SubmittedFrom", "SubmittedFromInfobar"


class SubmittedFromRule(Rule):
    """Says where a report was submitted from (Socorro's 9).

    Older clients said only whether it was the infobar. F4: a place that is no text has a note and
    no field.
    """

    annotations: ClassVar[tuple[str, ...]] = (FROM, FROM_INFOBAR)
    writes: ClassVar[tuple[str, ...]] = ("submitted_from", "submitted_from_infobar")

    def act(self, crash: Crash) -> Found:
        """Give the place, and whether it is the infobar."""
        place = _place(crash)
        by_infobar: dict[str, Any] = {"submitted_from_infobar": place == INFOBAR}
        if not isinstance(place, str):
            return Found(fields=by_infobar, notes=(unusable(FROM),))
        return Found(fields={"submitted_from": place, **by_infobar})


def _place(crash: Crash) -> Any:
    if crash.raw.get(FROM_INFOBAR) is not None:
        return INFOBAR if crash.raw[FROM_INFOBAR] in TRUE else UNKNOWN
    return UNKNOWN if crash.raw.get(FROM) is None else crash.raw[FROM]
