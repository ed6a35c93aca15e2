"""What only crashes on macOS tell."""

from typing import Any

import pytest

from moonwalk.rules.general.mac import MacBootArgsRule, MacCrashInfoRule
from moonwalk.rules.rule import NOTHING, Found, Rule
from tests.unit.rules.builders import act, crash


def told(rule: Rule, **json_dump: Any) -> Found:
    return act(rule, crash(processed={"json_dump": json_dump}))


def test_boot_arguments_are_kept_and_told_of() -> None:
    found = told(MacBootArgsRule(), mac_boot_args=" -v keepsyms=1 ")
    assert found == Found(fields={"mac_boot_args": "-v keepsyms=1", "has_mac_boot_args": True})


@pytest.mark.parametrize("arguments", ["", "  ", None, [], {}])
def test_without_boot_arguments_nothing_is_said(arguments: Any) -> None:
    assert told(MacBootArgsRule(), mac_boot_args=arguments) is NOTHING
    assert act(MacBootArgsRule(), crash()) is NOTHING


@pytest.mark.parametrize(
    ("arguments", "kind"), [(["-v"], "list"), ({"a": 1}, "dict"), (5, "int"), (True, "bool")]
)
def test_boot_arguments_that_are_no_text_are_noted_by_their_type(arguments: Any, kind: str) -> None:
    note = f"MacBootArgsRule: mac_boot_args is {kind} and not str"
    assert told(MacBootArgsRule(), mac_boot_args=arguments) == Found(notes=(note,))


def test_records_of_libraries_are_kept_as_text() -> None:
    found = told(
        MacCrashInfoRule(), mac_crash_info={"records": [{"b": "\u00e4", "a": 1}], "num_records": 1}
    )
    text = '{"num_records": 1, "records": [{"a": 1, "b": "\\u00e4"}]}'
    assert found == Found(fields={"mac_crash_info": text})


@pytest.mark.parametrize(
    "info",
    [None, {}, [], 5, {"records": []}, {"num_records": 0}, {"num_records": -1}]
    + [{"num_records": odd} for odd in (None, "1", [1], float("nan"))],
)
def test_without_records_there_is_no_text(info: Any) -> None:
    assert told(MacCrashInfoRule(), mac_crash_info=info) is NOTHING


def test_records_that_are_nested_without_end_are_noted() -> None:
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    found = told(MacCrashInfoRule(), mac_crash_info={"num_records": 1, "records": nested})
    assert found == Found(notes=("MacCrashInfoRule: mac_crash_info is nested too deep",))
