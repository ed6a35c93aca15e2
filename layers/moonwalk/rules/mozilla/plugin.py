"""The rule for plugins, which ran in processes of their own."""

from typing import Any, ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

SOURCES = (
    ("plugin_filename", "PluginFilename"),
    ("plugin_name", "PluginName"),
    ("plugin_version", "PluginVersion"),
)


class PluginRule(Rule):
    """Says which plugin crashed, if one did (Socorro's 20). F4: what is no text has a note."""

    annotations: ClassVar[tuple[str, ...]] = ("ProcessType", *(source for _, source in SOURCES))
    writes: ClassVar[tuple[str, ...]] = tuple(name for name, _ in SOURCES)

    def applies(self, crash: Crash) -> bool:
        """Say whether it was a plugin's process."""
        return crash.raw.get("ProcessType") == "plugin"

    def act(self, crash: Crash) -> Found:
        """Give file, name and version; what is not known is empty."""
        fields: dict[str, Any] = {}
        notes = []
        for name, annotation in SOURCES:
            said = crash.raw.get(annotation)
            if said is None or isinstance(said, str):
                fields[name] = said or ""
            else:
                notes.append(unusable(annotation))
        return Found(fields=fields, notes=tuple(notes))
