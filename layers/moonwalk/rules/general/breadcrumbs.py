"""The rule for what an application did before it crashed, in its own words."""

import json
from typing import Any, ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

ANNOTATION = "Breadcrumbs"
TEXTS = ("category", "level", "message", "timestamp", "type")


class BreadcrumbsRule(Rule):
    """Reads the breadcrumbs, which are protected (Socorro's 27).

    They come as a list, or as an object with one under `values`; more keys than the known ones
    are fine. F9: the note about malformed ones quotes nothing. F4: breadcrumbs that come as JSON
    itself and not as text of it are used as they are.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANNOTATION,)
    writes: ClassVar[tuple[str, ...]] = ("breadcrumbs",)

    def applies(self, crash: Crash) -> bool:
        """Say whether there are any."""
        return bool(crash.raw.get(ANNOTATION))

    def act(self, crash: Crash) -> Found:
        """Give the list whole, if all of it is as breadcrumbs are."""
        said = crash.raw[ANNOTATION]
        if not isinstance(said, str | list | dict):
            return Found(notes=(unusable(ANNOTATION),))
        try:
            crumbs = json.loads(said) if isinstance(said, str) else said
        except (ValueError, RecursionError):
            return Found(notes=("Breadcrumbs: malformed: not valid json",))
        if isinstance(crumbs, dict) and "values" in crumbs:
            crumbs = crumbs["values"]
        if not (isinstance(crumbs, list) and all(map(_is_crumb, crumbs))):
            return Found(notes=("Breadcrumbs: malformed: does not match the schema",))
        return Found(fields={"breadcrumbs": crumbs})


def _is_crumb(crumb: Any) -> bool:
    if not isinstance(crumb, dict):
        return False
    texts = all(isinstance(crumb[name], str) for name in TEXTS if name in crumb)
    return texts and isinstance(crumb.get("data", {}), dict)
