"""Rules for Android, whose applications tell by annotations what a walk does not know."""

from typing import ClassVar

from moonwalk.rules.general.cpu import UNKNOWN
from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

ABI, VERSION = "Android_CPU_ABI", "Android_Version"
ARCHITECTURES = {"armeabi-v7a": "arm", "arm64-v8a": "arm64", "x86_64": "amd64"}
"""Names of the stackwalker for Android's."""
ANDROID = "Android"


class AndroidCPUInfoRule(Rule):
    """Takes the architecture from its annotation where the walk does not know it (35).

    F11a: white space around it does not count. F4: what is no text has a note.
    """

    annotations: ClassVar[tuple[str, ...]] = (ABI,)
    reads: ClassVar[tuple[str, ...]] = ("cpu_arch",)
    writes: ClassVar[tuple[str, ...]] = ("cpu_arch",)

    def applies(self, crash: Crash) -> bool:
        """Say whether the architecture is unknown, and annotated."""
        unknown = crash.processed.get("cpu_arch", UNKNOWN) == UNKNOWN
        return unknown and crash.raw.get(ABI) is not None

    def act(self, crash: Crash) -> Found:
        """Give the architecture."""
        abi = crash.raw[ABI]
        if not isinstance(abi, str):
            return Found(notes=(unusable(ABI),))
        return Found(fields={"cpu_arch": ARCHITECTURES.get(abi.strip(), abi.strip())})


class AndroidOSInfoRule(Rule):
    """Says that the system is Android, and which (Socorro's 38).

    The version's annotation is such as `23 (REL)`. F11a, F4: as of the architecture.
    """

    annotations: ClassVar[tuple[str, ...]] = (VERSION,)
    reads: ClassVar[tuple[str, ...]] = ("os_name",)
    writes: ClassVar[tuple[str, ...]] = ("os_name", "os_version")

    def applies(self, crash: Crash) -> bool:
        """Say whether the system is unknown or Android, and its version is annotated."""
        name = crash.processed.get("os_name", UNKNOWN)
        known = isinstance(name, str) and name.lower() not in (UNKNOWN, ANDROID.lower())
        return not known and crash.raw.get(VERSION) is not None

    def act(self, crash: Crash) -> Found:
        """Give the name, and the version where it is a number."""
        version = crash.raw[VERSION]
        if not isinstance(version, str):
            return Found(fields={"os_name": ANDROID}, notes=(unusable(VERSION),))
        level = version.strip().partition(" ")[0]
        return Found(
            fields={"os_name": ANDROID, **({"os_version": level} if _is_number(level) else {})}
        )


def _is_number(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True
