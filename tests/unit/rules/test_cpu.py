"""The processor that a program ran on."""

from typing import Any

import pytest

from moonwalk.rules.general.cpu import CPUInfoRule
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import act, crash

UNKNOWN = {"cpu_info": "unknown", "cpu_count": 0, "cpu_arch": "unknown"}


def told(system: Any) -> Found:
    return act(CPUInfoRule(), crash(processed={"json_dump": {"system_info": system}}))


def test_what_the_walk_tells_is_lifted_to_the_top() -> None:
    found = told(
        {
            "cpu_info": "family 6 model 158",
            "cpu_count": 8,
            "cpu_arch": "amd64",
            "cpu_microcode_version": "0xea",
        }
    )
    assert found == Found(
        fields={
            "cpu_info": "family 6 model 158",
            "cpu_count": 8,
            "cpu_arch": "amd64",
            "cpu_microcode_version": "0xea",
        }
    )


@pytest.mark.parametrize("system", [{}, None, [], "amd64"])
def test_what_the_walk_does_not_tell_is_unknown(system: Any) -> None:
    assert told(system).fields == UNKNOWN
    assert act(CPUInfoRule(), crash()).fields == UNKNOWN


def test_a_processor_without_a_description_has_null() -> None:
    assert told({"cpu_info": None}).fields == {**UNKNOWN, "cpu_info": None}


@pytest.mark.parametrize(
    "odd",
    [
        {"cpu_arch": None, "cpu_count": None, "cpu_microcode_version": None},
        {"cpu_arch": 5, "cpu_count": "8", "cpu_info": 5, "cpu_microcode_version": 234},
        {"cpu_arch": [], "cpu_count": 1.5, "cpu_info": {}},
        {"cpu_count": True, "cpu_info": False},
    ],
)
def test_what_is_null_or_of_a_wrong_type_is_unknown(odd: dict[str, Any]) -> None:
    assert told(odd).fields == UNKNOWN


def test_empty_text_is_what_the_walk_tells() -> None:
    assert told({"cpu_info": "", "cpu_arch": ""}).fields == {
        "cpu_info": "",
        "cpu_count": 0,
        "cpu_arch": "",
    }
