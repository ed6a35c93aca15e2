"""Symbols of a module of which a dump tells the code file and its id, and no debug id.

Where they are, a symbol server tells that is asked for `<code file>/<CODE ID>/<name>.sym`. Until
one has, a key of another kind stands for them: they can be needed and missed by it like others,
and there is no upload and no pack of it.
"""

from dataclasses import dataclass
from typing import Self

from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.symbol_places import (
    BY_CODE,
    BadNameError,
    LoadedModule,
    SymbolPlace,
    asked_by_code,
    code_place,
)
from moonwalk.domain.symbols import SymbolKey, check_scope


@dataclass(frozen=True, slots=True)
class CodeKey(SymbolKey):
    """Stands for symbols until somebody told their place; it can be no symbol file's key.

    Attributes:
        debug_file: the code file's name.
        debug_id: its id in capitals, marked as no debug id.
        name: what a symbol server is asked for.
    """

    def __post_init__(self) -> None:
        """Refuse what nobody would ask a symbol server for.

        Raises:
            DeadLetter: `bad_symbol_key`, saying what is wrong.
        """
        check_scope(self.scope)
        if asked_by_code(_code_place(self.module)) != self.file:
            raise _bad("a look-up by a code id is for one file and one id in capitals")

    @classmethod
    def of(cls, module: LoadedModule, scope: str) -> Self:
        """Give the key of a module.

        Raises:
            DeadLetter: `bad_symbol_key`, when no server can be asked for it.
        """
        asked = asked_by_code(_code_place(module))
        return cls(scope, asked.debug_file, asked.debug_id, asked.name)

    @property
    def module(self) -> LoadedModule:
        """The module as sources are asked for its place."""
        return LoadedModule("", "", self.debug_file, self.debug_id.removeprefix(BY_CODE))

    @property
    def asked(self) -> str:
        """The path that a symbol server is asked for."""
        return _code_place(self.module).path


def any_key(scope: str, debug_file: str, debug_id: str, name: str) -> SymbolKey:
    """Give the key that these parts are: of symbols whose place is known, or is not.

    Raises:
        DeadLetter: `bad_symbol_key`, when they are neither.
    """
    kind = CodeKey if debug_id.startswith(BY_CODE) else SymbolKey
    return kind(scope, debug_file, debug_id, name)


def _code_place(module: LoadedModule) -> SymbolPlace:
    try:
        return code_place(module)
    except BadNameError as error:
        raise _bad(str(error)) from None


def _bad(detail: str) -> DeadLetter:
    return DeadLetter(DeadLetterCode.BAD_SYMBOL_KEY, detail)
