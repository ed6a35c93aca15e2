"""Finds the crash that a person wants to see: stored by a Moonwalk, or in files on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cli import inputs
from cli.exits import Negative, NotFound, UsageError
from cli.places import shown
from cli.plain import plain
from cli.stack import mapping
from moonwalk.adapters.stored_content import UnusableContentError, parse_json
from moonwalk.contracts import storage
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.public import PublicView

if TYPE_CHECKING:
    from cli.reachable import Reachable

RAW_CRASH_BESIDE = "raw_crash.json"
"""As `run` exports it, beside the processed crash."""


class Crash(Protocol):
    """A crash whose documents can be read; whole as they are, for `PublicCrash` only."""

    def processed(self) -> Mapping[str, Any]:
        """Read the processed crash."""

    def raw(self) -> Mapping[str, Any]:
        """Read the raw crash; empty when there is none."""


@dataclass(frozen=True)
class PublicCrash:
    """What everybody may see of a crash."""

    crash: Crash
    view: PublicView

    def processed(self) -> dict[str, Any]:
        """Give the public part of the processed crash."""
        return self.view.processed(self.crash.processed())

    def annotations(self) -> dict[str, Any]:
        """Give the public annotations; empty when the raw crash is not at hand."""
        return self.view.raw(self.crash.raw())


def found(text: str, raw_crash: Path | None, stack: str | None) -> Crash:
    """Find a crash by its id, else by the file of its processed crash.

    Raises:
        UsageError: when the text is neither.
        Unreachable: when the Moonwalk that should have it cannot be reached.
    """
    if stack is None and not _is_crash_id(text) and _is_there(Path(text)):
        return _Files(inputs.existing_file(Path(text), "a processed crash"), raw_crash)
    crash_id = inputs.crash_id(text)

    from cli.opening import reachable  # noqa: PLC0415 - boto3 takes a while, and files need none

    return _Stored(crash_id, reachable(stack), raw_crash)


def _is_crash_id(text: str) -> bool:
    try:
        inputs.crash_id(text)
    except UsageError:
        return False
    return True


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # such as a name that is longer than names can be
        return False


@dataclass(frozen=True)
class _Files:
    path: Path
    raw_crash: Path | None

    def processed(self) -> Mapping[str, Any]:
        return _parsed(self.path.read_bytes(), f"the processed crash in {plain(shown(self.path))}")

    def raw(self) -> Mapping[str, Any]:
        beside = self.path.with_name(RAW_CRASH_BESIDE)
        path = self.raw_crash or (beside if beside.is_file() else None)
        return inputs.annotations(path) if path else {}


@dataclass(frozen=True)
class _Stored:
    crash_id: CrashId
    source: "Reachable"
    raw_crash: Path | None

    def processed(self) -> Mapping[str, Any]:
        content = self._bytes(storage.processed_crash(self.crash_id))
        if content is None:
            raise NotFound(
                f"{self.crash_id} has no processed crash",
                f"`moonwalk status {self.crash_id}` tells where it stands",
            )
        return _parsed(content, f"the processed crash of {self.crash_id}")

    def raw(self) -> Mapping[str, Any]:
        if self.raw_crash:
            return inputs.annotations(self.raw_crash)
        content = self._bytes(storage.raw_crash(self.crash_id))
        return _parsed(content, f"the raw crash of {self.crash_id}") if content else {}

    def _bytes(self, key: str) -> bytes | None:
        from cli.export import stored_bytes  # noqa: PLC0415 - as above

        return stored_bytes(self.source, key)


def _parsed(content: bytes, what: str) -> Mapping[str, Any]:
    try:
        return mapping(parse_json(content))
    except UnusableContentError as error:
        raise Negative(f"{what}: {error}", "process it again") from error
