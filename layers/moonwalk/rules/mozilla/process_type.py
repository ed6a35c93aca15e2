"""The rule for the kind of process that crashed."""

from typing import ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

ANNOTATION = "ProcessType"
PARENT = "parent"


class ProcessTypeRule(Rule):
    """Says what kind of process it was; the parent's report does not (Socorro's 21).

    F4: a kind that is no text has a note and no field.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANNOTATION,)
    writes: ClassVar[tuple[str, ...]] = ("process_type",)

    def act(self, crash: Crash) -> Found:
        """Give the kind."""
        said = crash.raw.get(ANNOTATION)
        if said is None or said == "main":
            return Found(fields={"process_type": PARENT})
        if not isinstance(said, str):
            return Found(notes=(unusable(ANNOTATION),))
        return Found(fields={"process_type": said})
