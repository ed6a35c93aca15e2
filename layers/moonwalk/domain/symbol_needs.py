"""A need: symbols that a walk was without, and that nobody has fetched yet.

One small item for each needed symbol file says who was asked and who is at it, so that a thousand
crashes of one build ask once, and one packer fetches:

    (no item) ── a walk asks ──▶ asked ── a packer takes it ──▶ held ──▶ packed or absent (no item)
                                   ▲                              │
                                   └──── failing, with why ◀──────┘

Pure: what is changed here is stored by conditional writes.
"""

from dataclasses import dataclass, replace
from typing import Self

from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Reason
from moonwalk.domain.symbols import SymbolKey, symbol_key

ASK_HOLDS = 10_800.0
"""Seconds for which a message is believed to be on its way: it may wait behind a build's uploads,
and one whose packer died is hidden for an hour and a half."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed, and what a symbol server is told of it besides.

    Attributes:
        key: of the symbols; a `CodeKey` while nobody has told their place.
        code_file: as the dump has it; may be empty.
        code_id: likewise.
    """

    key: SymbolKey
    code_file: str = ""
    code_id: str = ""

    @property
    def module(self) -> LoadedModule:
        """The module as sources are asked for it."""
        if isinstance(self.key, CodeKey):
            return self.key.module
        return LoadedModule(self.key.debug_file, self.key.debug_id, self.code_file, self.code_id)

    def at(self, place: SymbolPlace) -> Self:
        """Give the need of the symbols at the place that was told for these."""
        return replace(self, key=SymbolKey.at(self.key.scope, place))


def need_of(module: LoadedModule, scope: str) -> Need | None:
    """Give the need of a module that a dump names; None for one that can have no symbols."""
    try:
        # A debug id of zeros is one: upstream does not ask by the code id then.
        if not module.debug_id and module.is_known_by_code_only:
            return Need(CodeKey.of(module, scope), module.code_file, module.code_id)
        key = symbol_key(module.debug_file or module.code_file, module.debug_id, scope)
    except DeadLetter:
        return None
    return Need(key, module.code_file, module.code_id)


@dataclass(frozen=True, slots=True)
class Failing:
    """Why the last try failed: which source, and what it did."""

    source: str
    reason: Reason
    detail: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}, {self.detail}"


@dataclass(frozen=True, slots=True)
class NeedState:
    """How a need stands; times are in seconds since the epoch.

    Attributes:
        asked_until: until when a message about it counts as on its way.
        holder: the message by which a packer works on it; empty while none does.
        held_until: when its lease ends: by then the packer has ended, however it did.
        failing: how the last try went, if it failed.
    """

    asked_until: float
    holder: str = ""
    held_until: float = 0.0
    failing: Failing | None = None

    def is_asked(self, now: float) -> bool:
        """Whether nobody has to ask again."""
        return now < self.asked_until or self.is_held(now)

    def is_held(self, now: float) -> bool:
        """Whether a packer is at it."""
        return bool(self.holder) and now < self.held_until

    def held(self, holder: str, until: float) -> Self:
        """Give the state in which a packer has the lease."""
        return replace(self, holder=holder, held_until=until)

    def released(self, failing: Failing | None, asked_until: float) -> Self:
        """Give the state after a try that came to no end."""
        return type(self)(asked_until=asked_until, failing=failing or self.failing)
