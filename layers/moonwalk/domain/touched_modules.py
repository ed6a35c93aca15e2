"""What a walk says of the modules it asked about: names from a dump, which nobody has checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from moonwalk.domain.symbol_places import LoadedModule


class Symbols(StrEnum):
    """Where a module's symbols came from, or why there were none."""

    PACK = "pack"
    TEXT = "text"
    CORRUPT = "corrupt"
    """The parser rejects them."""
    UNREADABLE = "unreadable"
    """The pack cannot be read."""
    FAILED = "failed"
    """The store of packs did not say whether it has one."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class TouchedModule:
    """One module of one walk.

    Attributes:
        error: name of what was wrong; empty if nothing was.
        on_stack: whether a frame of any thread is in it.
        crashing: whether one of the crashing thread is.
    """

    module: LoadedModule
    symbols: Symbols
    error: str
    on_stack: bool
    crashing: bool

    def counts(self, *, all_stacks: bool) -> bool:
        """Whether its symbols make a result complete: of all threads, or of the crashing one."""
        return self.on_stack if all_stacks else self.crashing


class Lack(StrEnum):
    """Why a result is provisional: symbols that may come."""

    PENDING = "pending"
    """They were asked for, and nobody knows yet."""
    FAILING = "failing"
    """Their source, or the store of packs, is unwell or gives what cannot be used."""
    UNREADABLE = "unreadable"
    """Their pack cannot be read."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A module without symbols that may come.

    Attributes:
        detail: more about the reason, for a person; may be empty.
    """

    module: LoadedModule
    lack: Lack
    detail: str = ""

    def document(self) -> dict[str, str | None]:
        """Give it as an element of `symbols_incomplete` in a processed crash.

        Everybody may see that, and folders in paths tell of people: files are told by their names.
        """
        return {
            "debug_file": file_name(self.module.debug_file) or None,
            "debug_id": self.module.debug_id or None,
            "code_file": file_name(self.module.code_file) or None,
            "code_id": self.module.code_id or None,
            "reason": self.lack.value,
            "detail": self.detail or None,
        }


def file_name(path: str) -> str:
    """Give a file's name without the folders before it, whichever system wrote them."""
    return path.replace("\\", "/").rpartition("/")[2]


INCOMPLETE = "symbols_incomplete"
"""In a processed crash: the modules whose symbols may come. It is there only if there are any."""


def broken(modules: Iterable[TouchedModule], *, all_stacks: bool) -> list[Lacking]:
    """Give what lacks for a fault of our own store: packs that fail, or that cannot be read."""
    found: dict[LoadedModule, Lacking] = {}
    for one in modules:
        if one.symbols is Symbols.UNREADABLE:
            found[one.module] = Lacking(one.module, Lack.UNREADABLE, one.error)
        elif one.symbols is Symbols.FAILED and one.counts(all_stacks=all_stacks):
            found[one.module] = Lacking(one.module, Lack.FAILING, one.error)
    return list(found.values())


def told(lacking: Iterable[Lacking]) -> dict[str, Any]:
    """Give the field of a processed crash that says what it lacks."""
    listed = [each.document() for each in lacking]
    return {INCOMPLETE: listed} if listed else {}


def why(lacking: Iterable[Lacking]) -> str | None:
    """Give the reason for the ledger: of several lacks the one that nobody is working on."""
    lacks = {each.lack for each in lacking}
    order = (Lack.UNREADABLE, Lack.FAILING, Lack.PENDING)
    return next((f"symbols_{lack}" for lack in order if lack in lacks), None)
