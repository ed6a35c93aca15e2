"""The rule for a crash's own name."""

from typing import ClassVar

from moonwalk.rules.rule import Crash, Found, Rule


class IdentifierRule(Rule):
    """Says which crash it is (Socorro's 10).

    F16: where the raw crash does not say it, the id that the crash was asked for by counts.
    """

    annotations: ClassVar[tuple[str, ...]] = ("uuid",)
    writes: ClassVar[tuple[str, ...]] = ("crash_id", "uuid")

    def act(self, crash: Crash) -> Found:
        """Give the id, under both of its names."""
        told = crash.raw.get("uuid")
        identity = told if isinstance(told, str) else crash.crash_id.text
        return Found(fields={"crash_id": identity, "uuid": identity})
