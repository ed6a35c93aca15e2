"""Symbol files and their packs: the key by which both are known, and what a pack is made of."""

import re
import unicodedata
from dataclasses import dataclass

from moonwalk.domain.failures import DeadLetter, DeadLetterCode

DEFAULT_SCOPE = "default"
ENDING = ".sym"
MAX_NAME_BYTES = 250
"""Of a debug file and of a symbol file's name; `moonwalk-pack` refuses longer ones."""
FINE = "fine"
"""The verdict on a text that the parser takes."""

_SCOPE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_DEBUG_ID = re.compile(r"[0-9A-F]{9,41}")
"""A GUID or an old timestamp, and an age of one to eight digits, as stackwalkers ask for them."""
_PDB = ".pdb"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a person cannot see, or that change how the rest looks."""
_SEPARATORS = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True, order=True)
class SymbolKey:
    """Where a symbol file belongs, checked: no part of it can leave its place.

    Attributes:
        scope: whose symbols these are.
        debug_file: the module's debug file, such as `xul.pdb`.
        debug_id: the build, in the form that stackwalkers ask for: upper-case digits.
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
        if not _SCOPE.fullmatch(self.scope):
            raise _bad("the scope is not 1-40 of a-z, 0-9 and - in between")
        if not _DEBUG_ID.fullmatch(self.debug_id):
            raise _bad("the debug id is not 9-41 upper-case hexadecimal digits")
        for what, text in (("debug file", self.debug_file), ("symbol file", self.name)):
            if fault := _fault(text):
                raise _bad(f"the name of the {what} {fault}")
        if self.name != symbol_name(self.debug_file):
            raise _bad("no stackwalker asks for a symbol file of this name for its debug file")

    @property
    def stem(self) -> str:
        """The symbol file's name without its ending."""
        return self.name.removesuffix(ENDING)

    @property
    def place(self) -> str:
        """The key within its scope, as in a folder of symbols."""
        return f"{self.debug_file}/{self.debug_id}/{self.name}"

    def __str__(self) -> str:
        return f"{self.scope}: {self.place}"


def symbol_key(debug_file: str, debug_id: str, scope: str = DEFAULT_SCOPE) -> SymbolKey:
    """Give the key of a module's symbols.

    Raises:
        DeadLetter: `bad_symbol_key`, when the module can have none.
    """
    return SymbolKey(scope, debug_file, debug_id, symbol_name(debug_file))


def symbol_name(debug_file: str) -> str:
    """Name the symbol file of a debug file, as stackwalkers do."""
    if debug_file[-len(_PDB) :].lower() == _PDB and len(debug_file) > len(_PDB):
        return debug_file[: -len(_PDB)] + ENDING
    return debug_file + ENDING


@dataclass(frozen=True, slots=True)
class Module:
    """What the first line of a symbol file says that it is of."""

    debug_file: str
    debug_id: str


def read_module(line: str) -> Module | None:
    """Read a MODULE line; None for any other.

    The debug file is given without the folders that some tools leave before it.
    """
    words = line.rstrip("\r\n").split(" ", 4)
    if len(words) != len(("MODULE", "system", "processor", "id", "file")) or words[0] != "MODULE":
        return None
    return Module(_SEPARATORS.split(words[4])[-1], words[3].upper())


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


@dataclass(frozen=True, slots=True)
class StoredPack:
    """A pack in the store, as its metadata tells of it.

    Attributes:
        etag: of the pack.
        upload_etag: of the upload that it was made of; empty for a pack from a source.
        replaced_sha256: of the text of the pack before, when it had another; else empty.
        packed_at: seconds since the epoch.
    """

    etag: str
    facts: PackFacts
    uploader: str
    upload_etag: str
    replaced_sha256: str
    packed_at: int

    @property
    def change(self) -> Change | None:
        """The change that this pack was; None when it replaced none of another text."""
        if not self.replaced_sha256:
            return None
        new = self.facts.text_sha256
        return Change(self.replaced_sha256, new, self.uploader, self.packed_at)


def _fault(name: str) -> str | None:
    """Say what a name must not be; what only looks like a separator counts as one."""
    if not name or name != name.strip() or set(name) == {"."}:
        return "is empty, dots only, or has space around it"
    if any(unicodedata.category(character) in _UNSEEN for character in name):
        return "has characters that nobody sees"
    if _SEPARATORS.search(unicodedata.normalize("NFKC", name)):
        return "has a separator, or what looks like one"
    if unicodedata.normalize("NFC", name) != name:
        return "is written in another form of Unicode than NFC"
    if len(name.encode()) > MAX_NAME_BYTES:
        return f"is longer than {MAX_NAME_BYTES} bytes"
    return None


def _bad(detail: str) -> DeadLetter:
    return DeadLetter(DeadLetterCode.BAD_SYMBOL_KEY, detail)
