"""The products of each symbol scope: as a setting, and as an environment variable of walkers.

{"reader": ["Reader", "Reader Nightly"]}
"""

import json
from collections.abc import Mapping
from typing import Any

from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.symbol_scopes import SymbolScopes
from moonwalk.domain.symbols import symbol_key

_LONGEST = 100


class BadScopesError(ValueError):
    """The scopes cannot be such; the text says which one, and why."""


def read_scopes(given: Any) -> SymbolScopes:
    """Read an object with a list of products for each scope, or such an object as JSON text.

    Raises:
        BadScopesError: saying what is wrong.
    """
    if isinstance(given, SymbolScopes):
        return given
    document = _document(given)
    found = SymbolScopes(
        tuple((_scope(scope), _products(scope, listed)) for scope, listed in document.items())
    )
    names = [product for _, products in found.products for product in products]
    for name in names:
        if names.count(name) > 1:
            raise BadScopesError(f"product {name!r} is listed twice: it can be of one scope only")
    return found


def scopes_text(scopes: SymbolScopes) -> str:
    """Give them as an environment variable."""
    return json.dumps(dict(scopes.products), separators=(",", ":"))


def _document(given: Any) -> Mapping[Any, Any]:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise BadScopesError("the scopes are no JSON") from None
    if not isinstance(given, Mapping):
        raise BadScopesError("the scopes are no object with a list of products for each")
    return given


def _scope(scope: object) -> str:
    try:
        return symbol_key("any", "1" * 33, str(scope)).scope
    except DeadLetter as error:
        raise BadScopesError(f"scope {str(scope)[:60]!r}: {error.detail}") from None


def _products(scope: object, listed: Any) -> tuple[str, ...]:
    if not isinstance(listed, list | tuple) or not listed or not all(map(_is_product, listed)):
        raise BadScopesError(
            f"scope {scope}: it needs a list of products, each 1-{_LONGEST} printable characters"
        )
    return tuple(listed)


def _is_product(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()
