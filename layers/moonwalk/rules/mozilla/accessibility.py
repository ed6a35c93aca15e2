"""The rule for the accessibility service."""

from typing import ClassVar

from moonwalk.rules.rule import Crash, Found, Rule


class AccessibilityRule(Rule):
    """Says whether the accessibility service was active (Socorro's 22)."""

    annotations: ClassVar[tuple[str, ...]] = ("Accessibility",)
    writes: ClassVar[tuple[str, ...]] = ("accessibility",)

    def act(self, crash: Crash) -> Found:
        """Give it; any other word than `Active` means that it was not."""
        return Found(fields={"accessibility": crash.raw.get("Accessibility") == "Active"})
