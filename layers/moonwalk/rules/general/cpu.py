"""The rule for the processor that a program ran on."""

from typing import Any, ClassVar

from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import find, mapping
from moonwalk.rules.rule import Crash, Found, Rule

UNKNOWN = "unknown"


class CPUInfoRule(Rule):
    """Says what the walk knows of the processor (Socorro's 34).

    A description that is null stays so. F15: what is of another type than the field counts as
    unknown.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = (
        "cpu_info",
        "cpu_count",
        "cpu_arch",
        "cpu_microcode_version",
    )

    def act(self, crash: Crash) -> Found:
        """Give description, count, architecture and, where it is known, microcode."""
        system = mapping(find(crash.processed, "json_dump.system_info"))
        info, count = system.get("cpu_info", UNKNOWN), system.get("cpu_count")
        architecture = system.get("cpu_arch")
        fields: dict[str, Any] = {
            "cpu_info": info if isinstance(info, str | None) else UNKNOWN,
            "cpu_count": count if isinstance(count, int) and not isinstance(count, bool) else 0,
            "cpu_arch": architecture if isinstance(architecture, str) else UNKNOWN,
        }
        microcode = system.get("cpu_microcode_version")
        if isinstance(microcode, str):
            fields["cpu_microcode_version"] = microcode
        return Found(fields=fields)
