r"""Places of symbol files, built from what a dump says of a module: hostile until checked here.

The rules are upstream's (`breakpad_sym_lookup`), so that Moonwalk asks for what upstream would ask
for. On top of them a part of a name that could leave its folder or key is refused. Only `/` and
`\` are separators, as there: characters that merely look like one (U+2215, U+FF0F, U+2024) or
become one under NFKC are data, and nothing here or behind normalises names.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

MAX_NAME_BYTES = 250
"""Of the leaf of a file's name in UTF-8: with `.pack` at its end it still is a file's name."""

BY_CODE = "code-"
"""Before a code id that stands where a debug id would; no debug id begins so."""

_SEPARATOR = re.compile(r"[/\\]")
_REFUSED = re.compile("[\0-\x1f\x7f-\x9f\ufffe\uffff]")
"""Controls, and what a listing in XML (S3's) cannot say."""
_GUID_AND_AGE = re.compile(r"([0-9A-Fa-f]{32})([0-9A-Fa-f]{1,8})")
_TIME_AND_AGE = re.compile(r"([0-9A-Fa-f]{8})([0-9A-Fa-f]{1,8})")
"""A debug id of PDB 2.0."""
_CODE_ID = re.compile(r"[0-9A-Fa-f]{1,128}")
"""A time and a size of PE, or a build id of ELF, for which linkers take any hash."""


class BadName(StrEnum):
    """Why a module has no place where its symbols could be looked for."""

    NO_DEBUG_ID = "no_debug_id"
    """The dump gives none, or nothing but zeros, which is how a missing one is printed."""
    NO_NAME = "no_name"
    """Nothing is left of the name: it is empty, or ends in a separator."""
    BAD_DEBUG_ID = "bad_debug_id"
    BAD_CODE_ID = "bad_code_id"
    NAME_IS_DOTS = "name_is_dots"
    """`.` or `..`: another folder, not a file."""
    NAME_TOO_LONG = "name_too_long"
    NAME_HAS_CONTROLS = "name_has_controls"
    NAME_NOT_TEXT = "name_not_text"
    """It holds half a character (a lone surrogate), which no key and no file system can say."""


class BadNameError(Exception):
    """A module's names cannot be used; the text never quotes them.

    Attributes:
        code: the stable name of the reason.
    """

    def __init__(self, code: BadName, detail: str) -> None:
        """Take the reason and a sentence for the person who reads it."""
        super().__init__(f"{code}: {detail}")
        self.code = code


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """What a dump says of a module, unchecked; any of it may be empty."""

    debug_file: str
    debug_id: str
    code_file: str = ""
    code_id: str = ""

    @property
    def is_known_by_code_only(self) -> bool:
        """Whether a symbol server has to be asked for the debug id first."""
        return not self.debug_id.strip("0") and bool(self.code_file and self.code_id)


@dataclass(frozen=True, slots=True, order=True)
class SymbolPlace:
    """The checked place of a symbol file: `<debug file>/<DEBUG_ID>/<name>`.

    Made by `of`, `from_path` and `code_place`; each part is one file's name and nothing else.

    Attributes:
        name: of the file, with `.sym` at its end.
    """

    debug_file: str
    debug_id: str
    name: str

    @classmethod
    def of(cls, module: LoadedModule) -> Self:
        """Give the place where upstream would look; an empty debug file means the code file.

        Raises:
            BadNameError: when the module's names cannot be used.
        """
        file = leaf(module.debug_file or module.code_file)
        return cls(file, debug_id(module.debug_id), _with_sym(file, "pdb"))

    @classmethod
    def from_path(cls, path: str) -> Self:
        """Give the place that the last three parts of a path are, as symbol servers write it.

        Raises:
            BadNameError: when it has fewer, or they are none.
        """
        parts = path.rsplit("/", 3)[-3:]
        if len(parts) != 3:  # noqa: PLR2004 - a place's
            raise BadNameError(BadName.NO_NAME, "a path without a debug file and an id")
        return cls.of(LoadedModule(debug_file=parts[0], debug_id=parts[1]))

    @property
    def path(self) -> str:
        """The place as a relative path."""
        return f"{self.debug_file}/{self.debug_id}/{self.name}"

    @property
    def pack_path(self) -> str:
        """Where the pack of this file is, in a folder of packs."""
        return f"{self.debug_file}/{self.debug_id}/{self.name.removesuffix('.sym')}.pack"

    def __str__(self) -> str:
        return self.path


def code_place(module: LoadedModule) -> SymbolPlace:
    """Give the place under which a symbol server tells the debug id of a code file.

    Raises:
        BadNameError: when the module's names cannot be used.
    """
    file = leaf(module.code_file)
    return SymbolPlace(file, code_identifier(module.code_id).upper(), _with_sym(file, "dll"))


def asked_by_code(code: SymbolPlace) -> SymbolPlace:
    """Give the name by which answers about a code place are known.

    A place of symbols may have the same path, and what is answered about one says nothing of the
    other.
    """
    return replace(code, debug_id=f"{BY_CODE}{code.debug_id}")


def code_identifier(text: str) -> str:
    """Check a code id.

    Raises:
        BadNameError: when it is none.
    """
    if not _CODE_ID.fullmatch(text):
        raise BadNameError(BadName.BAD_CODE_ID, "a code id is some hexadecimal digits")
    return text


def leaf(path: str) -> str:
    """Give the last part of a path, checked: it can be one file's name and one part of a key.

    Raises:
        BadNameError: when it cannot.
    """
    name = _SEPARATOR.split(path)[-1]
    if not name:
        raise BadNameError(BadName.NO_NAME, "a module without a file's name")
    if name in (".", ".."):
        raise BadNameError(BadName.NAME_IS_DOTS, "a file's name is nothing but dots")
    if _REFUSED.search(name):
        raise BadNameError(BadName.NAME_HAS_CONTROLS, "a file's name has controls in it")
    try:
        length = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        raise BadNameError(BadName.NAME_NOT_TEXT, "a file's name is not text") from None
    if length > MAX_NAME_BYTES:
        raise BadNameError(
            BadName.NAME_TOO_LONG,
            f"a file's name of {length} bytes is longer than {MAX_NAME_BYTES}",
        )
    return name


def debug_id(text: str) -> str:
    """Write a debug id as stackwalkers ask for it: GUID in capitals, age in small letters.

    Raises:
        BadNameError: when it is none.
    """
    if not text.strip("0"):
        raise BadNameError(BadName.NO_DEBUG_ID, "a module without a debug id")
    found = _GUID_AND_AGE.fullmatch(text) or _TIME_AND_AGE.fullmatch(text)
    if not found:
        raise BadNameError(
            BadName.BAD_DEBUG_ID, f"{len(text)} characters are no GUID and age, nor time and age"
        )
    return f"{found[1].upper()}{int(found[2], 16):x}"


def _with_sym(file: str, ending: str) -> str:
    """Put `.sym` in the place of an ending, whatever its case; else behind the name."""
    stem, dot, last = file.rpartition(".")
    return f"{stem if dot and last.lower() == ending else file}.sym"
