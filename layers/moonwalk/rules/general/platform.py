"""The rule that takes from annotations what a walk does not know of the machine."""

from typing import Any, ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

SOURCES = (
    ("cpu_arch", "CPUArchitecture", "unknown"),
    ("cpu_info", "CPUInfo", "unknown"),
    ("os_name", "OS", "Unknown"),
    ("os_version", "OSVersion", ""),
)
"""Field, annotation, and the field's value that stands for not knowing."""


class PlatformInfoRule(Rule):
    """Fills in processor and system from annotations (Socorro's 39).

    F4: an annotation that is no text has a note, and the others count all the same.
    """

    annotations: ClassVar[tuple[str, ...]] = tuple(annotation for _, annotation, _ in SOURCES)
    reads: ClassVar[tuple[str, ...]] = tuple(name for name, _, _ in SOURCES)
    writes: ClassVar[tuple[str, ...]] = tuple(name for name, _, _ in SOURCES)

    def act(self, crash: Crash) -> Found:
        """Give the fields that are not known yet."""
        fields: dict[str, Any] = {}
        notes = []
        for name, annotation, unknown in SOURCES:
            known = crash.processed.get(name)
            said = crash.raw.get(annotation)
            if said is None or (known and known != unknown):
                continue
            if not isinstance(said, str):
                notes.append(unusable(annotation))
            elif said.strip():
                fields[name] = said.strip()
        return Found(fields=fields, notes=tuple(notes))
