"""The rule for what a utility process was there for."""

from typing import ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

ANNOTATION = "UtilityActorsName"
MOST = 10_000
"""Actors that are listed."""


class UtilityActorsNameRule(Rule):
    """Lists the actors of a utility process (Socorro's 32). F4: what is no text has a note."""

    annotations: ClassVar[tuple[str, ...]] = (ANNOTATION,)
    writes: ClassVar[tuple[str, ...]] = ("utility_actors_name",)

    def applies(self, crash: Crash) -> bool:
        """Say whether they are annotated, be it as none."""
        return crash.raw.get(ANNOTATION) is not None

    def act(self, crash: Crash) -> Found:
        """Give their names without white space around, and without empty ones."""
        said = crash.raw[ANNOTATION]
        if not isinstance(said, str):
            return Found(notes=(unusable(ANNOTATION),))
        names = [name.strip() for name in said.split(",", MOST)[:MOST]]
        return Found(fields={"utility_actors_name": [name for name in names if name]})
