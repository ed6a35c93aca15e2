"""Scopes as a setting and as a variable: the same, and nothing that could leave its place."""

from typing import Any

import pytest

from moonwalk.contracts.symbol_scopes import BadScopesError, read_scopes, scopes_text
from moonwalk.domain.symbol_scopes import SymbolScopes

SCOPES = SymbolScopes((("reader", ("Reader", "Reader ✓")), ("mail", ("Mail",))))


def test_what_is_written_is_read_again() -> None:
    assert read_scopes(scopes_text(SCOPES)) == read_scopes(SCOPES) == SCOPES
    assert read_scopes({"reader": ["Reader", "Reader ✓"], "mail": ["Mail"]}) == SCOPES


def test_none_are_none() -> None:
    assert scopes_text(SymbolScopes()) == "{}"
    assert read_scopes("{}") == read_scopes({}) == SymbolScopes()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        (["Reader"], "no object"),
        (None, "no object"),
        ({"A b": ["Reader"]}, "scope 'A b'"),
        ({"../x": ["Reader"]}, "scope '../x'"),
        ({7: ["Reader"], "7": ["Mail", "Reader"]}, "'Reader' is listed twice"),
        ({"a": ["Reader", "Reader"]}, "'Reader' is listed twice"),
        ({"a": "Reader"}, "scope a: it needs a list of products"),
        ({"a": []}, "scope a: it needs a list of products"),
        ({"a": [7]}, "scope a: it needs a list of products"),
        ({"a": [""]}, "scope a: it needs a list of products"),
        ({"a": ["R\n"]}, "scope a: it needs a list of products"),
        ({"a": ["R" * 101]}, "scope a: it needs a list of products"),
    ],
)
def test_what_cannot_be_is_told(given: Any, message: str) -> None:
    with pytest.raises(BadScopesError, match=message):
        read_scopes(given)
