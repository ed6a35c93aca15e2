"""Symbol files and their packs: the key by which both are known, and what a pack is made of."""

import re
from dataclasses import dataclass
from typing import Self

from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.symbol_places import BadNameError, LoadedModule, SymbolPlace, debug_id

DEFAULT_SCOPE = "default"
FINE = "fine"
"""The verdict on a text that the parser takes."""

_SCOPE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_SEPARATORS = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True, order=True)
class SymbolKey:
    """Where a symbol file belongs, checked: a scope, and a place by the rules of `SymbolPlace`.

    Only what a stackwalker would ask for is a key; anything else would never be found.

    Attributes:
        scope: whose symbols these are.
        debug_file: the module's debug file, such as `xul.pdb`.
        debug_id: the build: a GUID in capitals and an age in small letters.
        name: the symbol file's own name, which follows from the debug file.
    """

    scope: str
    debug_file: str
    debug_id: str
    name: str

    def __post_init__(self) -> None:
        """Refuse what is no key of a symbol file.

        Raises:
            DeadLetter: `bad_symbol_key`, saying what is wrong.
        """
        check_scope(self.scope)
        asked_for = _place(self.debug_file, self.debug_id)
        if self.debug_file != asked_for.debug_file:
            raise _bad("the name of the debug file has a separator in it")
        if self.debug_id != asked_for.debug_id:
            raise _bad("the debug id is not a GUID in capitals and an age in small letters")
        if self.name != asked_for.name:
            raise _bad("no stackwalker asks for a symbol file of this name for its debug file")

    @classmethod
    def at(cls, scope: str, file: SymbolPlace) -> Self:
        """Give the key of a place in a scope.

        Raises:
            DeadLetter: `bad_symbol_key`, when the scope can be none.
        """
        return cls(scope, file.debug_file, file.debug_id, file.name)

    @property
    def file(self) -> SymbolPlace:
        """The place within the scope."""
        return SymbolPlace(self.debug_file, self.debug_id, self.name)

    @property
    def place(self) -> str:
        """The same as a path, as in a folder of symbols."""
        return self.file.path

    @property
    def pack_place(self) -> str:
        """Where the pack is, as in a folder of packs."""
        return self.file.pack_path

    @property
    def stem(self) -> str:
        """The symbol file's name without its ending."""
        return self.name.removesuffix(".sym")

    def __str__(self) -> str:
        return f"{self.scope}: {self.place}"


def symbol_key(debug_file: str, debug_id: str, scope: str = DEFAULT_SCOPE) -> SymbolKey:
    """Give the key of a module's symbols, however its debug id is written.

    Raises:
        DeadLetter: `bad_symbol_key`, when the module can have none.
    """
    return SymbolKey.at(scope, _place(debug_file, debug_id))


def check_scope(scope: str) -> None:
    """Refuse what is no name of a scope.

    Raises:
        DeadLetter: `bad_symbol_key`.
    """
    if not _SCOPE.fullmatch(scope):
        raise _bad("the scope is not 1-40 of a-z, 0-9 and - in between")


def _place(debug_file: str, debug_id: str) -> SymbolPlace:
    try:
        return SymbolPlace.of(LoadedModule(debug_file, debug_id))
    except BadNameError as error:
        raise _bad(str(error)) from None


@dataclass(frozen=True, slots=True)
class Module:
    """What the first line of a symbol file says that it is of."""

    debug_file: str
    debug_id: str


def read_module(line: str) -> Module | None:
    """Read a MODULE line; None for any other.

    The debug file is given without the folders that some tools leave before it, the debug id as
    stackwalkers ask for it; one that is none stays what it is.
    """
    words = line.rstrip("\r\n").split(" ", 4)
    if len(words) != len(("MODULE", "system", "processor", "id", "file")) or words[0] != "MODULE":
        return None
    return Module(_SEPARATORS.split(words[4])[-1], _written(words[3]))


def _written(text: str) -> str:
    try:
        return debug_id(text)
    except BadNameError:
        return text


@dataclass(frozen=True, slots=True)
class Upload:
    """One version of an uploaded symbol file.

    Attributes:
        etag: of the stored bytes.
        version: the bucket's id of it; empty where a bucket keeps no versions.
        uploader: who stored it, as far as its metadata says.
    """

    etag: str
    version: str
    uploader: str


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What a pack was made of.

    Attributes:
        text_sha256: of the text, decompressed.
        verdict: `fine`, or `corrupt line N: why`.
    """

    text_sha256: str
    text_bytes: int
    verdict: str

    @property
    def corrupt(self) -> bool:
        """Whether the parser rejects the text."""
        return self.verdict != FINE


@dataclass(frozen=True, slots=True)
class Change:
    """A pack in force that was replaced by one of another text."""

    old_sha256: str
    new_sha256: str
    uploader: str
    packed_at: int

    @classmethod
    def by(cls, uploader: str, packed_at: int, facts: PackFacts, replaced: str) -> Self | None:
        """Give the change by a pack; None when it replaced none of another text."""
        return cls(replaced, facts.text_sha256, uploader, packed_at) if replaced else None


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A pack in the store, as its metadata tells of it.

    Attributes:
        etag: of the pack.
        upload_etag: of the upload that it was made of; empty for a pack from a source.
        replaced_sha256: of the text of the pack before, when it had another; else empty.
        packed_at: seconds since the epoch.
        origin: base URL of the symbol server that its text came from; empty for others.
    """

    etag: str
    facts: PackFacts
    uploader: str
    upload_etag: str
    replaced_sha256: str
    packed_at: int
    origin: str = ""

    @property
    def is_of_use(self) -> bool:
        """Whether walks read symbols from it, or say that they are corrupt.

        As upstream has it, a text from a server that its parser rejects is no symbols.
        """
        return not (self.facts.corrupt and self.origin)

    @property
    def change(self) -> Change | None:
        """The change that this pack was; None when it replaced none of another text."""
        return Change.by(self.uploader, self.packed_at, self.facts, self.replaced_sha256)


def _bad(detail: str) -> DeadLetter:
    return DeadLetter(DeadLetterCode.BAD_SYMBOL_KEY, detail)
