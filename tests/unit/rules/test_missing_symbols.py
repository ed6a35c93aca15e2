"""Modules whose symbols were looked for and not found."""

from typing import Any

import pytest

from moonwalk.rules.general.missing_symbols import MissingSymbolsRule
from moonwalk.rules.rule import NOTHING
from tests.unit.rules.builders import act, crash


def listed(*modules: Any) -> Any:
    processed = {"json_dump": {"modules": list(modules)}}
    return act(MissingSymbolsRule(), crash(processed=processed)).fields.get("missing_symbols")


def missing(**module: Any) -> dict[str, Any]:
    return {"filename": "a.dll", "missing_symbols": True, **module}


def test_modules_are_listed_with_version_and_ids() -> None:
    xul = missing(filename="xul.dll", version="1/2", debug_id="ABCDEF0123", code_id="124")
    assert listed(xul, missing(filename="abc.so", debug_id="")) == (
        "abc.so/None/;xul.dll/1\\/2/ABCDEF0123/124"
    )


def test_a_module_that_was_loaded_twice_is_listed_twice() -> None:
    assert listed(missing(debug_id="1"), missing(debug_id="1")) == "a.dll/None/1;a.dll/None/1"


@pytest.mark.parametrize(
    ("module", "shown"),
    [
        (missing(), "a.dll/None/" + "0" * 33),
        (missing(debug_id=None), "a.dll/None/" + "0" * 33),
        (missing(debug_id="gh"), "a.dll/None/"),
        (missing(debug_id="1", version=""), "a.dll/None/1"),
        (missing(debug_id="1", version="1.0"), "a.dll/1.0/1"),
        (missing(debug_id="1", code_id="xyz"), "a.dll/None/1"),
        (missing(debug_id="1", code_id=None), "a.dll/None/1"),
        (missing(debug_id="1", code_id="A f"), "a.dll/None/1/Af"),
        (missing(debug_id=5, version=5, code_id=5), "a.dll/None/" + "0" * 33),
        (missing(filename="a b/c", debug_id="1"), "abc/None/1"),
    ],
)
def test_what_a_module_does_not_tell_has_its_stand_in(module: dict[str, Any], shown: str) -> None:
    assert listed(module) == shown


@pytest.mark.parametrize(
    "module",
    [
        missing(missing_symbols=False),
        missing(missing_symbols=1),
        missing(missing_symbols="true"),
        missing(filename=""),
        missing(filename=None),
        missing(filename=5),
        {"filename": "a.dll"},
        None,
        [],
    ],
)
def test_other_modules_are_not_listed(module: Any) -> None:
    assert listed(module) is None


@pytest.mark.parametrize("processed", [{}, {"json_dump": None}, {"json_dump": {"modules": None}}])
def test_without_modules_nothing_is_told(processed: dict[str, Any]) -> None:
    assert act(MissingSymbolsRule(), crash(processed=processed)) is NOTHING
