"""Rules for the thread that crashed, and why it did."""

from collections.abc import Mapping
from typing import Any, ClassVar

from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import find, mapping, text
from moonwalk.rules.rule import Crash, Found, Rule

NULL_OF_64, NULL_OF_32 = "0x0000000000000000", "0x00000000"


class CrashingThreadInfoRule(Rule):
    """Says which thread crashed, for what reason, and at which address (Socorro's 14).

    The address is the one that the program meant where the processor could not tell it: that of a
    null pointer with an offset, and one that is not canonical. F18: what is null, or no object,
    counts as absent.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = (
        "crashing_thread",
        "crashing_thread_name",
        "reason",
        "address",
        "last_error_value",
    )

    def applies(self, crash: Crash) -> bool:
        """Say whether the main minidump was walked."""
        return crash.processed.get(JSON_DUMP) is not None

    def act(self, crash: Crash) -> Found:
        """Give what is known of the thread."""
        info = mapping(find(crash.processed, "json_dump.crash_info"))
        last_error = text(find(crash.processed, "json_dump.crashing_thread.last_error_value"))
        number = info.get("crashing_thread")
        return Found(
            fields={
                "crashing_thread": number,
                "crashing_thread_name": find(
                    crash.processed, "json_dump.crashing_thread.thread_name"
                ),
                "reason": info.get("type", ""),
                "address": _address(info),
                **({} if last_error is None else {"last_error_value": last_error}),
            },
            notes=("mdsw did not identify the crashing thread",) if number is None else (),
        )


def _address(info: Mapping[str, Any]) -> Any:
    address = info.get("address")
    adjusted = mapping(info.get("adjusted_address"))
    if adjusted.get("kind") == "null-pointer":
        wide = isinstance(address, str) and len(address) == len(NULL_OF_64)
        return NULL_OF_64 if wide else NULL_OF_32
    if adjusted.get("kind") == "non-canonical":
        return text(adjusted.get("address")) or address
    return address


class RestoreCrashingThreadRule(Rule):
    """Takes the crashing thread from the walk again, before a signature is made anew.

    F14: the old signature may have set it, see `ShutDownHangCrashingThreadRule`.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("crashing_thread",)

    def applies(self, crash: Crash) -> bool:
        """Say whether the main minidump was walked."""
        return crash.processed.get(JSON_DUMP) is not None

    def act(self, crash: Crash) -> Found:
        """Give the number of the thread."""
        number = find(crash.processed, "json_dump.crash_info.crashing_thread")
        return Found(fields={"crashing_thread": number})


class ThreadCountRule(Rule):
    """Says how many threads there were, or null (Socorro's 48)."""

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("thread_count",)

    def act(self, crash: Crash) -> Found:
        """Give the number."""
        return Found(fields={"thread_count": find(crash.processed, "json_dump.thread_count")})
