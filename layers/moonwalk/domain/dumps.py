"""Dumps: the named files of a crash, of which minidumps are one kind."""

import re
from dataclasses import dataclass

from moonwalk.domain.failures import DeadLetter, DeadLetterCode

MAIN_MINIDUMP = "upload_file_minidump"
"""The dump whose walk stands at the top level of the processed crash."""

MAX_DUMPS = 16
"""Five times what the busiest product sends; each may take its whole time and memory to walk."""

_SHAPE = re.compile(r"[A-Za-z0-9_]{1,30}")
_STORED_AS = "dump"
_RESERVED = frozenset({"dump_names", "processed_crash", "raw_crash"})


@dataclass(frozen=True, slots=True, order=True)
class DumpName:
    """The name of a dump, checked: it becomes a part of keys and of file names.

    At most 30 ASCII letters, digits and `_`, and none of the collector's reserved names
    (Socorro's rule).
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse what could leave its key or folder.

        Raises:
            DeadLetter: `bad_dump_name`.
        """
        if not _SHAPE.fullmatch(self.text) or self.text in _RESERVED:
            raise DeadLetter(
                DeadLetterCode.BAD_DUMP_NAME,
                f"a dump name of {len(self.text)} characters is not one that a collector stores",
            )

    @classmethod
    def from_stored(cls, stored: str | None) -> "DumpName":
        """Read a name as `dump_names` holds it: `dump`, empty and null mean the main minidump."""
        return cls(MAIN_MINIDUMP if stored in (None, "", _STORED_AS) else stored)

    @property
    def is_minidump(self) -> bool:
        """Whether the stackwalker is to walk it (Socorro: the prefix decides)."""
        return self.text.startswith(MAIN_MINIDUMP)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Dump:
    """A stored dump and its size in bytes."""

    name: DumpName
    size: int
