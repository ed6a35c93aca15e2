"""What clients on Android tell where the minidump does not."""

from typing import Any

import pytest

from moonwalk.rules.general.android import AndroidCPUInfoRule, AndroidOSInfoRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import HUGE, act, crash


def processor(abi: Any, **processed: Any) -> Found:
    return act(AndroidCPUInfoRule(), crash(raw={"Android_CPU_ABI": abi}, processed=processed))


def system(version: Any, **processed: Any) -> Found:
    return act(AndroidOSInfoRule(), crash(raw={"Android_Version": version}, processed=processed))


@pytest.mark.parametrize(
    ("abi", "shown"),
    [
        ("armeabi-v7a", "arm"),
        ("arm64-v8a", "arm64"),
        ("arm64-v8a ", "arm64"),
        ("x86_64", "amd64"),
        ("x86", "x86"),
        ("ARM64-V8A", "ARM64-V8A"),
        ("", ""),
    ],
)
def test_a_processor_has_the_name_that_walks_give_it(abi: str, shown: str) -> None:
    assert processor(abi, cpu_arch="unknown") == Found(fields={"cpu_arch": shown})
    assert processor(abi) == Found(fields={"cpu_arch": shown})


def test_a_processor_that_the_walk_knows_stays() -> None:
    assert processor("x86", cpu_arch="arm64") is NOTHING
    assert processor("x86", cpu_arch="") is NOTHING


def test_a_client_that_does_not_know_its_processor_changes_nothing() -> None:
    assert processor(None) is NOTHING


@pytest.mark.parametrize("abi", [5, ["x86"], {}])
def test_a_processor_that_is_no_text_is_noted(abi: Any) -> None:
    assert processor(abi) == Found(notes=("Android_CPU_ABI has an unusable value",))


@pytest.mark.parametrize(
    ("version", "shown"),
    [("23 (REL)", "23"), ("+23", "+23"), (" 23 (REL) ", "23"), ("31", "31")],
)
def test_the_system_is_android_and_its_version_the_first_number(version: str, shown: str) -> None:
    assert system(version) == Found(fields={"os_name": "Android", "os_version": shown})


@pytest.mark.parametrize("version", ["REL 23", "", "2.3", "x", HUGE])
def test_a_version_that_is_no_number_is_left_alone(version: str) -> None:
    assert system(version) == Found(fields={"os_name": "Android"})


@pytest.mark.parametrize("name", ["Android", "ANDROID", "unknown", "Unknown", None, 5])
def test_a_system_that_may_be_android_is_it(name: Any) -> None:
    assert system("23", os_name=name).fields["os_name"] == "Android"


@pytest.mark.parametrize("name", ["Linux", "Windows NT", ""])
def test_another_system_stays(name: str) -> None:
    assert system("23", os_name=name) is NOTHING


def test_a_client_that_does_not_tell_its_version_is_no_android() -> None:
    assert system(None) is NOTHING


@pytest.mark.parametrize("version", [23, ["23"], {}])
def test_a_version_that_is_no_text_is_noted(version: Any) -> None:
    note = "Android_Version has an unusable value"
    assert system(version) == Found(fields={"os_name": "Android"}, notes=(note,))
