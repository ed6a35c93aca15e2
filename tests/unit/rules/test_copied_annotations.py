"""Annotations that become fields, by the types of the schema."""

from typing import Any

import pytest

from moonwalk.domain.schema import Schema
from moonwalk.rules.general.annotation_types import MOST_NESTED
from moonwalk.rules.general.copied_annotations import CopyFromRawCrashRule
from moonwalk.rules.reading import MOST_QUOTED
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import HUGE, act, crash, parts

TABLE = """path\ttype\tpermission\tsource_annotation\tdefault
flag\tboolean/null\tpublic\tFlag\tfalse
whole\tinteger\tpublic\tWhole\t
real\tnumber\tpublic\tReal\t
text\tstring\tprotected\tText\t
parts\tobject\tpublic\tParts\t
parts.name\tstring\tpublic\t\t
parts.size\tnumber\tpublic\t\t
product\tstring\tpublic\tProductName/prod\t
made\tstring\tpublic\t\t
"""
RULE = CopyFromRawCrashRule.made(parts(schema=Schema.read(TABLE.splitlines())))


def copied(**raw: Any) -> Found:
    found = act(RULE, crash(raw))
    kept = {name: value for name, value in found.fields.items() if name != "flag"}
    return Found(fields=kept if "Flag" not in raw else found.fields, notes=found.notes)


@pytest.mark.parametrize("value", ["1", "true", "TRUE", True, 1])
def test_a_boolean_is_true(value: Any) -> None:
    assert copied(Flag=value).fields == {"flag": True}


@pytest.mark.parametrize("value", ["0", "false", "False", False, 0])
def test_a_boolean_is_false(value: Any) -> None:
    assert copied(Flag=value).fields == {"flag": False}


@pytest.mark.parametrize(
    ("value", "said"),
    [(" 1", " 1"), ("YES", "yes"), ("", ""), (1.0, "1.0"), (["A"], "['a']"), ("\u0131", "\u0131")],
)
def test_another_boolean_is_noted_in_lower_case_and_has_no_default(value: Any, said: str) -> None:
    found = copied(Flag=value)
    assert (found.fields, found.notes) == ({}, (f"Flag has non-boolean value {said}",))


def test_a_note_quotes_only_the_head_of_a_long_value() -> None:
    (note,) = copied(Flag="x" * 10_000_000).notes
    assert len(note) < MOST_QUOTED + 100


def test_a_default_stands_in_for_an_absent_annotation_only() -> None:
    assert act(RULE, crash()).fields == {"flag": False}
    assert act(RULE, crash({"Flag": None})).fields == {"flag": False}


@pytest.mark.parametrize(
    ("value", "read"),
    [("12", 12), (" +1_2\n", 12), ("-5", -5), ("\uff11\uff12", 12), (7.9, 7), (True, 1)],
)
def test_an_integer_is_read_as_python_reads_it(value: Any, read: int) -> None:
    assert copied(Whole=value) == Found(fields={"whole": read})


@pytest.mark.parametrize("value", ["", "12.5", "0x10", "1e3", HUGE, float("nan")])
def test_text_that_is_no_integer_is_noted(value: Any) -> None:
    assert copied(Whole=value) == Found(notes=("Whole has a non-int value",))


@pytest.mark.parametrize(
    ("value", "read"), [("1.5", 1.5), ("1e3", 1000.0), ("1_0.5", 10.5), (3, 3.0), (" 2 ", 2.0)]
)
def test_a_number_is_read_as_python_reads_it(value: Any, read: float) -> None:
    assert copied(Real=value) == Found(fields={"real": read})


@pytest.mark.parametrize("value", ["", "x", "nan", "-inf", "1e999", float("inf"), float("nan")])
def test_what_is_no_number_or_infinite_is_noted(value: Any) -> None:
    assert copied(Real=value) == Found(notes=("Real has a non-float value",))


@pytest.mark.parametrize(
    ("value", "read"), [(" a \t\n\x1c\u2003", " a"), ("", ""), ("\ud800", "\ud800")]
)
def test_text_loses_white_space_at_its_end(value: str, read: str) -> None:
    assert copied(Text=value) == Found(fields={"text": read})


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        ("Whole", []),
        ("Whole", float("inf")),
        ("Real", {}),
        ("Real", 10**400),
        ("Text", 5),
        ("Text", True),
        ("Text", ["a"]),
        ("Parts", 5),
        ("Parts", ["a"]),
    ],
)
def test_a_type_that_cannot_be_used_is_noted_and_costs_no_other_field(
    annotation: str, value: Any
) -> None:
    found = copied(**{annotation: value, "ProductName": "Rex"})
    assert found.fields == {"product": "Rex"}
    assert found.notes == (f"{annotation} has an unusable value",)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('{"name": "a", "size": 1.5, "odd": [1]}', {"name": "a", "size": 1.5, "odd": [1]}),
        ("{}", {}),
        ({"name": "a"}, {"name": "a"}),
    ],
)
def test_an_object_is_taken_from_its_text_or_as_it_is_with_all_its_keys(
    value: Any, read: dict[str, Any]
) -> None:
    assert copied(Parts=value) == Found(fields={"parts": read})


@pytest.mark.parametrize("value", ["", "{", "\ufeff{}", "[" * 100_000, f"[{HUGE}]"])
def test_text_that_is_no_json_is_noted(value: str) -> None:
    assert copied(Parts=value) == Found(notes=("Parts value is malformed json",))


@pytest.mark.parametrize("value", ['"a"', "[]", "null", '{"size": 1}', {"name": None}])
def test_what_breaks_the_schema_is_noted(value: Any) -> None:
    assert copied(Parts=value) == Found(notes=("Parts value is malformed parts",))


def test_an_object_nested_deeper_than_can_surely_be_written_is_malformed() -> None:
    deep = MOST_NESTED - 1
    assert copied(Parts='{"a": ' + "[" * deep + "]" * deep + "}").notes == ()
    assert copied(Parts='{"a": ' + "[" * (deep + 1) + "]" * (deep + 1) + "}").notes != ()
    assert copied(Parts='{"a": "' + "[" * 5 * deep + '"}').notes == ()


def test_the_first_annotation_that_is_there_counts() -> None:
    assert copied(prod="Rex").fields == {"product": "Rex"}
    assert copied(prod="Rex", ProductName="Max").fields == {"product": "Max"}
    assert copied(prod="Rex", ProductName=None).fields == {"product": "Rex"}
    assert copied(prod="Rex", ProductName=5).notes == ("ProductName has an unusable value",)


def test_socorros_profile_copies_ninety_fields_in_its_order() -> None:
    rule = CopyFromRawCrashRule.made(parts())
    found = act(rule, crash({"Version": "1 ", "AdapterDeviceID": "2", "ReleaseChannel": "beta"}))
    assert list(found.fields.items()) == [
        ("adapter_device_id", "2"),
        ("marionette", False),
        ("release_channel", "beta"),
        ("remote_agent", False),
        ("version", "1"),
    ]
    sources = [place.sources for place in parts().schema.places.values() if place.sources]
    assert len(sources) == 90
