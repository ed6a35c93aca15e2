"""What a place of versions gives: a version, None for a build that it does not know, or an error.

Whoever asks it is `RememberedVersions`, which bounds time and remembers; a place need do neither.
"""

from typing import Any, NamedTuple, Protocol

LONGEST = 100
"""Characters of a product, channel, build id or version; real ones have a fifth of it."""


class Build(NamedTuple):
    """What a version is looked up by."""

    product: str
    channel: str
    build_id: str

    @property
    def is_askable(self) -> bool:
        """Whether it can be a build's at all: crashes hold anything in the place of these."""
        return all(part.isprintable() and 0 < len(part) <= LONGEST for part in self)


class LookUpError(Exception):
    """A place cannot say whether it knows a build; the text says why, without quoting it."""


class VersionPlace(Protocol):
    """One place that knows versions."""

    def find(self, build: Build) -> str | None:
        """Give the version of a build; None when it has none.

        Raises:
            LookUpError: when that cannot be told.
        """


def version_of(value: Any) -> str | None:
    """Read a version that a place gave: an empty one is none.

    Raises:
        LookUpError: when it is no text that can be a version.
    """
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        raise LookUpError("what came is no version")
    return value or None
