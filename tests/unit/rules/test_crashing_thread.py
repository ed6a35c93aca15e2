"""The thread that crashed, and why it did."""

from typing import Any

import pytest

from moonwalk.rules.general.crashing_thread import (
    CrashingThreadInfoRule,
    RestoreCrashingThreadRule,
    ThreadCountRule,
)
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash

NOTE = "mdsw did not identify the crashing thread"
WIDE, NARROW = "0x00007ffac82db264", "0x00410000"


def told(json_dump: Any) -> Found:
    return act(CrashingThreadInfoRule(), crash(processed={"json_dump": json_dump}))


def address(**info: Any) -> Any:
    return told({"crash_info": info}).fields["address"]


def test_what_the_walk_tells_of_the_crash_is_lifted_to_the_top() -> None:
    found = told(
        {
            "crash_info": {"crashing_thread": 7, "type": "SIGSEGV", "address": WIDE},
            "crashing_thread": {"thread_name": "Main", "last_error_value": "ERROR_SUCCESS"},
        }
    )
    assert found == Found(
        fields={
            "crashing_thread": 7,
            "crashing_thread_name": "Main",
            "reason": "SIGSEGV",
            "address": WIDE,
            "last_error_value": "ERROR_SUCCESS",
        }
    )


@pytest.mark.parametrize("json_dump", [{}, {"crash_info": None}, {"crash_info": []}, []])
def test_without_crash_info_the_fields_are_empty_and_noted(json_dump: Any) -> None:
    assert told(json_dump) == Found(
        fields={
            "crashing_thread": None,
            "crashing_thread_name": None,
            "reason": "",
            "address": None,
        },
        notes=(NOTE,),
    )


def test_a_reason_that_is_null_stays_null() -> None:
    assert told({"crash_info": {"type": None}}).fields["reason"] is None


def test_thread_zero_is_a_crashing_thread() -> None:
    found = told({"crash_info": {"crashing_thread": 0}})
    assert (found.fields["crashing_thread"], found.notes) == (0, ())


@pytest.mark.parametrize("value", [5, None, ["x"], {}])
def test_a_last_error_that_is_no_text_is_not_written(value: Any) -> None:
    assert "last_error_value" not in told({"crashing_thread": {"last_error_value": value}}).fields


def test_a_crash_without_a_walk_has_none_of_the_fields() -> None:
    assert act(CrashingThreadInfoRule(), crash()) is NOTHING
    assert told(None) is NOTHING


@pytest.mark.parametrize(
    ("plain", "adjusted", "shown"),
    [
        (WIDE, None, WIDE),
        (WIDE, {"kind": "null-pointer"}, "0x0000000000000000"),
        (NARROW, {"kind": "null-pointer"}, "0x00000000"),
        (None, {"kind": "null-pointer"}, "0x00000000"),
        (WIDE, {"kind": "non-canonical", "address": "0xe5e5"}, "0xe5e5"),
        (WIDE, {"kind": "non-canonical", "address": ""}, WIDE),
        (WIDE, {"kind": "non-canonical"}, WIDE),
        (WIDE, {"kind": "other", "address": "0xe5e5"}, WIDE),
        (WIDE, {}, WIDE),
        (WIDE, "null-pointer", WIDE),
        (WIDE, ["null-pointer"], WIDE),
    ],
)
def test_the_address_is_the_one_that_the_program_meant(
    plain: Any, adjusted: Any, shown: str
) -> None:
    assert address(address=plain, adjusted_address=adjusted) == shown


def test_the_crashing_thread_is_taken_from_the_walk_again() -> None:
    processed = {"json_dump": {"crash_info": {"crashing_thread": 7}}, "crashing_thread": 0}
    found = act(RestoreCrashingThreadRule(), crash(processed=processed))
    assert found == Found(fields={"crashing_thread": 7})


@pytest.mark.parametrize("json_dump", [{}, {"crash_info": None}, {"crash_info": {}}])
def test_it_is_null_again_where_the_walk_does_not_tell_it(json_dump: Any) -> None:
    processed = {"json_dump": json_dump, "crashing_thread": 0}
    found = act(RestoreCrashingThreadRule(), crash(processed=processed))
    assert found == Found(fields={"crashing_thread": None})


def test_it_stays_where_there_was_no_walk() -> None:
    assert act(RestoreCrashingThreadRule(), crash(processed={"crashing_thread": 0})) is NOTHING


@pytest.mark.parametrize(
    ("processed", "count"),
    [
        ({"json_dump": {"thread_count": 103}}, 103),
        ({"json_dump": {"thread_count": None}}, None),
        ({"json_dump": None}, None),
        ({}, None),
    ],
)
def test_the_number_of_threads_is_always_written(
    processed: dict[str, Any], count: int | None
) -> None:
    assert act(ThreadCountRule(), crash(processed=processed)).fields == {"thread_count": count}
