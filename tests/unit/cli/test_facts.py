"""A processed crash at a glance, from odd documents, too."""

from typing import Any

import pytest

from cli.facts import crash_facts, incomplete, notes
from cli.modules import SymbolState, counted, modules


def _facts(**processed: Any) -> dict[str, object]:
    return {name: value for name, value in crash_facts(processed) if value}


def test_the_reason_tells_where() -> None:
    assert _facts(reason="SIGSEGV", address="0x8")["reason"] == "SIGSEGV at 0x8"
    assert _facts(reason="SIGABRT", address=None)["reason"] == "SIGABRT"


def test_an_address_that_rules_have_found_stands_before_the_dumps_own() -> None:
    found = _facts(reason="SIGSEGV", address="0x0", json_dump={"crash_info": {"address": "0x8"}})
    assert found["reason"] == "SIGSEGV at 0x0 (the dump says 0x8)"


def test_what_the_program_said_of_its_end_is_told() -> None:
    assert _facts(moz_crash_reason="MOZ_CRASH(no)")["said"] == "MOZ_CRASH(no)"
    assert _facts(json_dump={"crash_info": {"assertion": "a > b"}})["said"] == "a > b"


def test_the_product_is_told_with_version_channel_and_build() -> None:
    facts = _facts(product="Darkroom", version="1.4.2", release_channel="beta", build="2026")
    assert facts["product"] == "Darkroom 1.4.2 beta (build 2026)"


def test_the_system_is_the_dumps_own_where_no_rule_has_told_it() -> None:
    told = {"os": "Linux", "os_ver": "6.1", "cpu_arch": "amd64", "cpu_count": 2}
    facts = _facts(json_dump={"system_info": told})
    assert facts["system"] == "Linux, 6.1, amd64, 2 CPUs"
    assert _facts(os_pretty_version="Windows 11", cpu_arch="arm64")["system"] == "Windows 11, arm64"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s"), (59, "59 s"), (3600, "1 h"), (86399, "23 h 59 min 59 s")]
)
def test_uptime_is_told_in_hours_and_minutes(seconds: int, shown: str) -> None:
    assert _facts(uptime=seconds)["uptime"] == shown


@pytest.mark.parametrize("seconds", [-1, True, "7", 10**400, 1.5, None])
def test_an_uptime_that_is_none_is_not_told(seconds: object) -> None:
    assert "uptime" not in _facts(uptime=seconds)


def test_symbols_that_may_come_are_named_some_of_them() -> None:
    lacking = [{"debug_file": f"m{number}", "reason": "pending"} for number in range(7)]
    said = incomplete({"symbols_incomplete": lacking})
    assert said is not None
    assert said.startswith("provisional, without those of m0 (pending), ")
    assert said.endswith("m4 (pending) and 2 more")


def test_the_line_that_every_pass_begins_with_is_no_note() -> None:
    assert notes({"processor_notes": ">>> Start\na\n\nb"}) == ["a", "b"]


@pytest.mark.parametrize("odd", [None, 7, "x", [1], {"a": [None]}, [{"modules": 1}]])
def test_fields_of_any_kind_are_shown_or_left_out_but_never_fail(odd: Any) -> None:
    names = ("json_dump", "signature", "address", "reason", "symbols_incomplete", "processor_notes")
    for name in names:
        crash_facts({name: odd, "reason": "r"})
    assert modules({"json_dump": {"modules": odd}}) == [] or isinstance(odd, list)


def test_each_module_tells_what_became_of_its_symbols() -> None:
    listed = [
        {"filename": "a", "loaded_symbols": True},
        {"filename": "b", "loaded_symbols": True, "corrupt_symbols": True},
        {"filename": "c", "missing_symbols": True},
        {"filename": "d", "debug_file": "d.pdb", "debug_id": "D0", "missing_symbols": True},
        {"filename": "e"},
    ]
    crash = {
        "json_dump": {"modules": listed},
        "symbols_incomplete": [{"debug_file": "d.pdb", "debug_id": "D0", "reason": "pending"}],
    }
    found = {module.name: module.symbols for module in modules(crash)}
    assert found == {
        "a": SymbolState.LOADED,
        "b": SymbolState.CORRUPT,
        "c": SymbolState.MISSING,
        "d": SymbolState.EXPECTED,
        "e": SymbolState.UNUSED,
    }
    assert dict(counted(modules(crash))) == dict.fromkeys(SymbolState, 1)
