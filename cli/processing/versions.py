"""A table of versions in a file: `product:channel:build id` and the version of that build."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cli import inputs


@dataclass(frozen=True, slots=True)
class VersionFile:
    """`Versions` by a file."""

    versions: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path | None) -> Self:
        """Read a file; no file knows nothing.

        Raises:
            UsageError: when it holds no JSON object.
        """
        return cls(inputs.annotations(file) if file else {})

    def of(self, product: str, channel: str, build_id: str) -> str | None:
        """Give the version of a build, if the table has one."""
        found = self.versions.get(f"{product}:{channel}:{build_id}")
        return found if isinstance(found, str) and found else None
