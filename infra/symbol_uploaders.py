"""Who may upload symbols of which scope: read from the settings, granted by the symbol bucket."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.symbols import symbol_key

_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)/[\w+=,.@/-]{1,512})")


@dataclass(frozen=True, slots=True)
class SymbolUploaders:
    """ARNs of roles, users and accounts for each scope that names any.

    Attributes:
        scopes: each scope once, with its principals.
    """

    scopes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        return iter(self.scopes)

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read an object with a list of ARNs for each scope, or such an object as JSON text.

        Raises:
            TypeError: when it is none.
            ValueError: when a scope or a principal can be none.
        """
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            value = json.loads(value)
        if not isinstance(value, Mapping):
            raise TypeError
        return cls(tuple((_scope(scope), _principals(listed)) for scope, listed in value.items()))


def _scope(scope: object) -> str:
    try:
        return symbol_key("any", "1" * 33, str(scope)).scope
    except DeadLetter as failure:
        raise ValueError(failure.detail) from None


def _principals(listed: Any) -> tuple[str, ...]:
    if not isinstance(listed, (list, tuple)) or not listed:
        raise TypeError
    if not all(isinstance(each, str) and _PRINCIPAL.fullmatch(each) for each in listed):
        raise ValueError
    return tuple(listed)
