"""The rule that keeps what the collector says of a crash."""

from typing import ClassVar

from moonwalk.rules.rule import Crash, Found, Rule


class CollectorMetadataRule(Rule):
    """Copies what the collector noted when it took the crash in (Socorro's 4)."""

    annotations: ClassVar[tuple[str, ...]] = ("metadata",)
    writes: ClassVar[tuple[str, ...]] = ("collector_metadata",)

    def act(self, crash: Crash) -> Found:
        """Give the metadata, an empty object where there are none."""
        metadata = crash.raw.get("metadata")
        return Found(fields={"collector_metadata": {} if metadata is None else metadata})
