"""A crash is of the scope that lists its product, whatever else it says."""

from typing import Any

import pytest

from moonwalk.domain.symbol_scopes import SymbolScopes

SCOPES = SymbolScopes((("reader", ("Reader", "Reader Nightly")), ("mail", ("Mail",))))


@pytest.mark.parametrize("annotation", ["ProductName", "_productName", "prod"])
def test_a_listed_product_has_the_scope_that_lists_it(annotation: str) -> None:
    assert SCOPES.of({annotation: "Reader Nightly"}) == "reader"
    assert SCOPES.of({annotation: "Mail"}) == "mail"


def test_the_first_annotation_that_is_there_counts_listed_or_not() -> None:
    assert SCOPES.of({"prod": "Mail", "_productName": "Reader"}) == "reader"
    assert SCOPES.of({"prod": "Mail", "ProductName": "Other"}) == "default"
    assert SCOPES.of({"prod": "Mail", "ProductName": None}) == "default"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "reader",
        "mail",
        "Reader ",
        "Reader\0",
        "../mail",
        ["Mail"],
        {"Mail": 1},
        None,
        7,
        "R" * 9999,
    ],
)
def test_what_no_scope_lists_is_of_the_default_one(said: Any) -> None:
    assert SCOPES.of({"ProductName": said}) == "default"


def test_a_crash_without_a_product_is_of_the_default_scope() -> None:
    assert SCOPES.of({}) == "default"


def test_the_default_scope_is_always_there_and_none_is_there_twice() -> None:
    assert SCOPES.names == ("default", "reader", "mail")
    assert SymbolScopes().names == ("default",)
    assert SymbolScopes((("default", ("Reader",)),)).names == ("default",)
