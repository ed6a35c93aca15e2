"""The rule that tells hangs from crashes: a process that hung is crashed on purpose."""

from typing import Any, ClassVar

from moonwalk.rules.general.walked import JSON_DUMP
from moonwalk.rules.reading import elements, find, mapping, text, thread
from moonwalk.rules.rule import Crash, Found, Rule

HANGS = ("ipc_channel_error", "async_shutdown_timeout")
WATCHDOG = "RunWatchdog"


class ReportTypeRule(Rule):
    """Says `hang` or `crash` (Socorro's 33).

    A hang has a reason of its own, or was ended by the watchdog, which then is on the crashing
    stack; inlined functions are not looked at. F18: what is null counts as absent.
    """

    reads: ClassVar[tuple[str, ...]] = (JSON_DUMP, *HANGS)
    writes: ClassVar[tuple[str, ...]] = ("report_type",)

    def act(self, crash: Crash) -> Found:
        """Give the type."""
        told = any(name in crash.processed for name in HANGS)
        kind = "hang" if told or _ended_by_watchdog(crash) else "crash"
        return Found(fields={"report_type": kind})


def _ended_by_watchdog(crash: Crash) -> bool:
    number = _whole(find(crash.processed, "json_dump.crash_info.crashing_thread"))
    crashed = thread(crash.processed.get(JSON_DUMP), number)
    functions = (text(mapping(frame).get("function")) for frame in elements(crashed.get("frames")))
    return any(WATCHDOG in function for function in functions if function)


def _whole(number: Any) -> int:
    try:
        return int(number)
    except (TypeError, ValueError, OverflowError):
        return 0
