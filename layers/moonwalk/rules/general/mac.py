"""Rules for what macOS tells beside a minidump."""

import json
from typing import ClassVar

from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import find, mapping
from moonwalk.rules.rule import NOTHING, Crash, Found, Rule


class MacBootArgsRule(Rule):
    """Keeps the arguments that the kernel was booted with, and says that there are some (29).

    What they are is protected.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("mac_boot_args", "has_mac_boot_args")

    def applies(self, crash: Crash) -> bool:
        """Say whether there is anything in their place."""
        return bool(find(crash.processed, "json_dump.mac_boot_args"))

    def act(self, crash: Crash) -> Found:
        """Give them without white space around."""
        arguments = find(crash.processed, "json_dump.mac_boot_args")
        if not isinstance(arguments, str):
            kind = type(arguments).__name__
            return Found(notes=(f"MacBootArgsRule: mac_boot_args is {kind} and not str",))
        if not arguments.strip():
            return NOTHING
        return Found(fields={"mac_boot_args": arguments.strip(), "has_mac_boot_args": True})


class MacCrashInfoRule(Rule):
    """Keeps what macOS's libraries wrote about a crash, as JSON text (Socorro's 30)."""

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP,)
    writes: ClassVar[tuple[str, ...]] = ("mac_crash_info",)

    def applies(self, crash: Crash) -> bool:
        """Say whether there is a record."""
        records = mapping(find(crash.processed, "json_dump.mac_crash_info")).get("num_records")
        return isinstance(records, int | float) and records > 0

    def act(self, crash: Crash) -> Found:
        """Give the text, with sorted keys."""
        try:
            text = json.dumps(find(crash.processed, "json_dump.mac_crash_info"), sort_keys=True)
        except (RecursionError, ValueError):
            return Found(notes=("MacCrashInfoRule: mac_crash_info is nested too deep",))
        return Found(fields={"mac_crash_info": text})
