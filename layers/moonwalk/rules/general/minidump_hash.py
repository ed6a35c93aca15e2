"""The rule for the checksum of the main minidump."""

from collections.abc import Mapping
from typing import Any, ClassVar

from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

FIELD = "minidump_sha256_hash"
METADATA = "metadata"
PATH = (METADATA, "dump_checksums", MAIN_MINIDUMP)


class MinidumpSha256HashRule(Rule):
    """Copies the checksum that the collector made of the main minidump (Socorro's 11).

    F4: where a part of the way to it is no object, or it is no text, a note and no field.
    """

    annotations: ClassVar[tuple[str, ...]] = (METADATA,)
    writes: ClassVar[tuple[str, ...]] = (FIELD,)

    def act(self, crash: Crash) -> Found:
        """Give the checksum, an empty text where there is none."""
        value: Any = crash.raw
        for step in PATH:
            if not isinstance(value, Mapping):
                return Found(notes=(unusable(METADATA),))
            if step not in value:
                return Found(fields={FIELD: ""})
            value = value[step]
        if value is None or isinstance(value, str):
            return Found(fields={FIELD: value})
        return Found(notes=(unusable(METADATA),))
