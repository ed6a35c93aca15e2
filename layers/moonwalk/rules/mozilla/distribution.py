"""The rule for who distributed the program."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from moonwalk.rules.reading import mapping, unusable
from moonwalk.rules.rule import Crash, Found, Rule

ANNOTATION, TELEMETRY = "DistributionID", "TelemetryEnvironment"
UNKNOWN, OURS = "unknown", "mozilla"


class DistributionIdRule(Rule):
    """Names the distribution, from its annotation or from telemetry (Socorro's 36).

    Telemetry that says nothing of it gives `unknown`, an empty word `mozilla`. F4: telemetry may
    come as an object; F15: what is no text is unknown.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANNOTATION, TELEMETRY)
    writes: ClassVar[tuple[str, ...]] = ("distribution_id",)

    def act(self, crash: Crash) -> Found:
        """Give the name."""
        named: Any = crash.raw.get(ANNOTATION)
        notes: tuple[str, ...] = ()
        if not named:
            telemetry = crash.raw.get(TELEMETRY)
            if not isinstance(telemetry, str | Mapping | None):
                notes = (unusable(TELEMETRY),)
            named = _by_telemetry(telemetry) or OURS
        elif not isinstance(named, str):
            notes = (unusable(ANNOTATION),)
        name = named if isinstance(named, str) else UNKNOWN
        return Found(fields={"distribution_id": name}, notes=notes)


def _by_telemetry(telemetry: object) -> Any:
    try:
        environment = json.loads(telemetry) if isinstance(telemetry, str) else telemetry
    except (ValueError, RecursionError):
        environment = None
    return mapping(mapping(environment).get("partner")).get("distributionId", UNKNOWN)
