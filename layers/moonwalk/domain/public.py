"""What of a crash everybody may see. Crashes are stored whole; whatever shows one asks here first.

Users' addresses, comments and memory are in crashes, and names that nobody has thought of yet. So
a part of a crash is shown only where a table says of it that it is public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moonwalk.domain.schema import Schema


@dataclass(frozen=True, slots=True)
class PublicView:
    """Reduces crashes of one profile to what is public; total, whatever they hold.

    Attributes:
        fields: schema of the processed crash.
        annotations: schema of the raw crash.
    """

    fields: Schema
    annotations: Schema

    def processed(self, crash: object) -> dict[str, Any]:
        """Give the public part of a processed crash; nothing of what is no object."""
        return _reduced(self.fields, crash)

    def raw(self, crash: object) -> dict[str, Any]:
        """Give the public annotations of a raw crash; nothing of what is no object."""
        return _reduced(self.annotations, crash)


def _reduced(schema: Schema, document: object) -> dict[str, Any]:
    return schema.public(document) if isinstance(document, Mapping) else {}
