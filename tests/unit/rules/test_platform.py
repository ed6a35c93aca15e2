"""What the client tells of its machine where no minidump does."""

from typing import Any

import pytest

from moonwalk.rules.general.platform import PlatformInfoRule
from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import act, crash

TOLD = {"CPUArchitecture": " arm64 ", "CPUInfo": "M1", "OS": "Mac OS X", "OSVersion": "15.1"}
TAKEN = {"cpu_arch": "arm64", "cpu_info": "M1", "os_name": "Mac OS X", "os_version": "15.1"}


def told(raw: dict[str, Any], processed: dict[str, Any] | None = None) -> Found:
    return act(PlatformInfoRule(), crash(raw=raw, processed=processed))


@pytest.mark.parametrize(
    "processed",
    [
        {},
        {"cpu_arch": "unknown", "cpu_info": "unknown", "os_name": "Unknown", "os_version": ""},
        {"cpu_arch": "", "cpu_info": None, "os_name": "", "os_version": None},
    ],
)
def test_what_is_not_known_is_taken_from_the_client(processed: dict[str, Any]) -> None:
    assert told(TOLD, processed) == Found(fields=TAKEN)


def test_what_is_known_stays() -> None:
    known = {"cpu_arch": "x86", "cpu_info": "x", "os_name": "unknown", "os_version": "unknown"}
    assert told(TOLD, known) == Found()


@pytest.mark.parametrize("nothing", [{}, {"OS": ""}, {"OS": "  ", "CPUInfo": None}])
def test_a_client_that_tells_nothing_changes_nothing(nothing: dict[str, Any]) -> None:
    assert told(nothing) == Found()


def test_what_is_no_text_is_noted_and_costs_only_itself() -> None:
    assert told(TOLD | {"CPUArchitecture": 5, "OS": ["x"]}) == Found(
        fields={"cpu_info": "M1", "os_version": "15.1"},
        notes=(unusable("CPUArchitecture"), unusable("OS")),
    )


def test_what_is_not_needed_is_not_noted() -> None:
    assert told({"OS": 5}, {"os_name": "Linux"}) == Found()
