"""Rules for the operating system that a program ran on."""

import re
from typing import ClassVar

from moonwalk.rules.general.android import ANDROID
from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import find, text
from moonwalk.rules.rule import NOTHING, Crash, Found, Rule

UNKNOWN = "Unknown"
LINUX, MAC, WINDOWS = "Linux", "Mac OS X", "Windows"
LSB = "LinuxLSBDescription"
WINDOWS_NAMES = {
    (3, 5): "Windows NT",
    (4, 0): "Windows NT",
    (4, 1): "Windows 98",
    (4, 9): "Windows Me",
    (5, 0): "Windows 2000",
    (5, 1): "Windows XP",
    (5, 2): "Windows Server 2003",
    (6, 0): "Windows Vista",
    (6, 1): "Windows 7",
    (6, 2): "Windows 8",
    (6, 3): "Windows 8.1",
    (10, 0): "Windows 10",
}
"""By the version's first two numbers."""
WINDOWS_11 = 21_996
"""First build of Windows 11, whose version still is 10.0."""
FIRST_MACOS, LAST_OS_X = 11, 10
_NUMBERS = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?")


class OSInfoRule(Rule):
    """Says which system the walk found (Socorro's 37). F11b: null counts as absent."""

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("os_name", "os_version")

    def act(self, crash: Crash) -> Found:
        """Give name and version without white space around."""
        name = text(find(crash.processed, "json_dump.system_info.os"))
        version = text(find(crash.processed, "json_dump.system_info.os_ver"))
        return Found(
            fields={
                "os_name": UNKNOWN if name is None else name.strip(),
                "os_version": (version or "").strip(),
            }
        )


class OSPrettyVersionRule(Rule):
    """Says the system as people do, such as `Windows 11` or `macOS 15` (Socorro's 41).

    F11c: builds of Windows are compared as numbers. F15: there is no field where there is no name.
    """

    annotations: ClassVar[tuple[str, ...]] = (LSB,)
    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP, "os_name", "os_version")
    writes: ClassVar[tuple[str, ...]] = ("os_pretty_version",)

    def act(self, crash: Crash) -> Found:
        """Give the name."""
        name = text(crash.processed.get("os_name"))
        version = text(crash.processed.get("os_version")) or ""
        if name is None:
            return NOTHING
        return Found(fields={"os_pretty_version": _pretty(crash, name, version)})


def _pretty(crash: Crash, name: str, version: str) -> str:
    if name.startswith(WINDOWS):
        return _windows(name, version)
    if name == MAC:
        return _mac(version)
    if name == LINUX:
        return _linux(crash)
    if name == ANDROID:
        return f"{ANDROID} {version}" if version else ANDROID
    return name


def _windows(name: str, version: str) -> str:
    found = _NUMBERS.match(version)
    if not found:
        return name
    numbers = int(found[1]), int(found[2])
    if numbers == (10, 0) and int(found[3] or 0) >= WINDOWS_11:
        return "Windows 11"
    return WINDOWS_NAMES.get(numbers, "Windows Unknown")


def _mac(version: str) -> str:
    found = _NUMBERS.match(version)
    if not found:
        return MAC
    major, minor = int(found[1]), int(found[2])
    if major >= FIRST_MACOS:
        return f"macOS {major}"
    return f"OS X 10.{minor}" if major == LAST_OS_X else "OS X Unknown"


def _linux(crash: Crash) -> str:
    described = text(find(crash.processed, "json_dump.lsb_release.description"))
    return described or (text(crash.raw.get(LSB)) or "").strip() or LINUX
