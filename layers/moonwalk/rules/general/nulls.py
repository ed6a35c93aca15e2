"""Rules that rid annotations of NULs and nulls, which many a later reader stumbles over."""

from typing import Any, ClassVar

from moonwalk.metrics import Metric
from moonwalk.rules.rule import ANY, Count, Crash, Found, Rule

NUL = "\0"


class DeNullRule(Rule):
    """Takes NULs out of the names and texts of annotations; what is nested stays (Socorro's 1).

    F3: an annotation of which only the name has NULs keeps its value under the clean name, unless
    nothing is left of it, or there is one of that name already.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANY,)

    def applies(self, crash: Crash) -> bool:
        """Say whether there is a NUL."""
        return any(NUL in key or _has_nul(value) for key, value in crash.raw.items())

    def act(self, crash: Crash) -> Found:
        """Give the clean annotations."""
        changed: dict[str, Any] = {}
        dropped = set()
        for key, value in crash.raw.items():
            name = key.replace(NUL, "")
            if name != key:
                dropped.add(key)
            if _has_nul(value):
                changed[name] = value.replace(NUL, "")
            elif name and name != key and name not in crash.raw:
                changed.setdefault(name, value)
        return Found(annotations=changed, dropped=frozenset(dropped), counts=(Count(Metric.NULLS),))


def _has_nul(value: object) -> bool:
    return isinstance(value, str) and NUL in value


class DeNoneRule(Rule):
    """Takes away annotations that are null (Socorro's 2)."""

    annotations: ClassVar[tuple[str, ...]] = (ANY,)

    def applies(self, crash: Crash) -> bool:
        """Say whether there is a null."""
        return None in crash.raw.values()

    def act(self, crash: Crash) -> Found:
        """Give the annotations to drop."""
        nulls = frozenset(name for name, value in crash.raw.items() if value is None)
        return Found(dropped=nulls, counts=(Count(Metric.NONES),))
