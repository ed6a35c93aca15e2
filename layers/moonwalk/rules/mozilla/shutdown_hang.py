"""The rule for crashes that the watchdog of Mozilla's products makes of a hanging shutdown."""

from typing import ClassVar

from moonwalk.rules.reading import text
from moonwalk.rules.rule import Crash, Found, Rule


class ShutDownHangCrashingThreadRule(Rule):
    """Points at the thread that hung, the first, not at the watchdog's that crashed (Socorro's 50).

    The signature was made of that thread, too. What was said of the crashing thread before, its
    name and modules, stays the watchdog's.
    """

    reads: ClassVar[tuple[str, ...]] = ("signature",)
    writes: ClassVar[tuple[str, ...]] = ("crashing_thread",)

    def applies(self, crash: Crash) -> bool:
        """Say whether the signature tells of a shutdown that hung."""
        return (text(crash.processed.get("signature")) or "").startswith("shutdownhang")

    def act(self, crash: Crash) -> Found:  # noqa: ARG002 - nothing else of it matters
        """Give the first thread."""
        return Found(fields={"crashing_thread": 0})
