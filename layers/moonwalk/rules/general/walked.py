"""Where the outputs of the stackwalker stand in a processed crash."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moonwalk.rules.reading import mapping

JSON_DUMP = "json_dump"


@dataclass(frozen=True, slots=True)
class Walked:
    """One output.

    Attributes:
        name: of the field that holds a further dump's output; empty for the main dump's.
    """

    name: str
    json_dump: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Its dotted path."""
        return f"{self.name}.{JSON_DUMP}" if self.name else JSON_DUMP

    def changed(self, processed: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """Give the field of the processed crash that holds it, with changed keys."""
        json_dump = {**self.json_dump, **changes}
        if not self.name:
            return {JSON_DUMP: json_dump}
        return {self.name: {**processed[self.name], JSON_DUMP: json_dump}}


def outputs(processed: Mapping[str, Any]) -> Iterator[Walked]:
    """Give the main dump's output first, then all others; what is no object is none."""
    if JSON_DUMP in processed:
        yield Walked("", mapping(processed[JSON_DUMP]))
    for name, value in processed.items():
        if name != JSON_DUMP and JSON_DUMP in mapping(value):
            yield Walked(name, mapping(value[JSON_DUMP]))
