"""The operating system, as walks and as people call it."""

from typing import Any

import pytest

from moonwalk.rules.general.operating_system import OSInfoRule, OSPrettyVersionRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import HUGE, act, crash


def told(system: Any) -> Found:
    return act(OSInfoRule(), crash(processed={"json_dump": {"system_info": system}}))


def pretty(name: Any, version: Any, lsb: Any = None, raw: Any = None) -> Any:
    processed = {"os_name": name, "os_version": version, "json_dump": {"lsb_release": lsb}}
    found = act(OSPrettyVersionRule(), crash(raw={"LinuxLSBDescription": raw}, processed=processed))
    return found.fields.get("os_pretty_version")


def test_name_and_version_are_lifted_to_the_top() -> None:
    found = told({"os": " Windows NT ", "os_ver": "10.0.22000 282 "})
    assert found == Found(fields={"os_name": "Windows NT", "os_version": "10.0.22000 282"})


@pytest.mark.parametrize(
    "system", [{}, None, [], {"os": None, "os_ver": None}, {"os": 5, "os_ver": []}]
)
def test_a_system_that_the_walk_does_not_tell_is_unknown(system: Any) -> None:
    assert told(system).fields == {"os_name": "Unknown", "os_version": ""}
    assert act(OSInfoRule(), crash()).fields == {"os_name": "Unknown", "os_version": ""}


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        ("3.5", "Windows NT"),
        ("4.0", "Windows NT"),
        ("4.1", "Windows 98"),
        ("4.9", "Windows Me"),
        ("5.0", "Windows 2000"),
        ("5.1.2600 Service Pack 2", "Windows XP"),
        ("5.2", "Windows Server 2003"),
        ("6.0", "Windows Vista"),
        ("6.1.7601", "Windows 7"),
        ("6.2", "Windows 8"),
        ("6.3", "Windows 8.1"),
        ("10.0", "Windows 10"),
        ("10.0.17758", "Windows 10"),
        ("10.0.21995", "Windows 10"),
        ("10.0.21996", "Windows 11"),
        ("10.0.22000 282", "Windows 11"),
        ("10.0.9999", "Windows 10"),
        ("10.0.100000", "Windows 11"),
        ("10.0.x", "Windows 10"),
        ("10.0.", "Windows 10"),
        ("4.10.1998", "Windows Unknown"),
        ("4.90.3000", "Windows Unknown"),
        ("15.2", "Windows Unknown"),
        ("6", "Windows NT"),
        ("", "Windows NT"),
        (None, "Windows NT"),
        (f"{HUGE}.0", "Windows NT"),
    ],
)
def test_windows_is_called_by_its_version(version: Any, shown: str) -> None:
    assert pretty("Windows NT", version) == shown


def test_any_name_that_begins_with_windows_is_windows() -> None:
    assert pretty("Windows", "10.0.22000") == "Windows 11"
    assert pretty("Windows CE", "") == "Windows CE"


@pytest.mark.parametrize(
    ("version", "shown"),
    [
        ("10.15.7 19H114", "OS X 10.15"),
        ("11.6.7 20G630", "macOS 11"),
        ("26.0", "macOS 26"),
        ("9.2", "OS X Unknown"),
        ("10", "Mac OS X"),
        ("", "Mac OS X"),
        (5, "Mac OS X"),
        (f"10.{HUGE}", "OS X 10.111111111"),
    ],
)
def test_the_mac_is_called_by_its_version(version: Any, shown: str) -> None:
    assert pretty("Mac OS X", version) == shown


@pytest.mark.parametrize(
    ("lsb", "raw", "shown"),
    [
        ({"description": " Ubuntu 24.04 "}, "Debian", " Ubuntu 24.04 "),
        ({"description": ""}, " Debian 12 ", "Debian 12"),
        ({"description": None}, None, "Linux"),
        ({"description": 5}, "Debian", "Debian"),
        (None, "  ", "Linux"),
        ([], 5, "Linux"),
    ],
)
def test_linux_is_called_by_its_distribution(lsb: Any, raw: Any, shown: str) -> None:
    assert pretty("Linux", "6.1", lsb, raw) == shown


@pytest.mark.parametrize(
    ("version", "shown"), [("23", "Android 23"), ("", "Android"), (None, "Android")]
)
def test_android_is_called_by_its_version(version: Any, shown: str) -> None:
    assert pretty("Android", version) == shown


@pytest.mark.parametrize("name", ["Unknown", "", "iOS", "linux"])
def test_other_systems_are_called_by_their_names(name: str) -> None:
    assert pretty(name, "1.2") == name


@pytest.mark.parametrize("name", [None, 5, ["Linux"]])
def test_a_system_without_a_name_is_called_nothing(name: Any) -> None:
    assert pretty(name, "1.2") is None
    assert act(OSPrettyVersionRule(), crash()) is NOTHING
