"""The rule that stores what the stackwalker made of the minidumps."""

from typing import Any, ClassVar

from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.domain.processed_crash import STATUS_EMPTY
from moonwalk.metrics import Metric
from moonwalk.rules.general.walk_ends import notes, shown_status, succeeded
from moonwalk.rules.rule import ANY, Count, Crash, Found, Rule

EMPTY_LOG = "Shortcut for 0-bytes minidump."
LOG_LINES = 10
"""Longer logs are cut to their last lines."""


class MinidumpStackwalkRule(Rule):
    """Stores how the walk of each minidump ended, and what came of it (Socorro's 12).

    The main minidump's at the top level, any other's under its name. The status is the output's
    own, or the error that the log tells. F6a: wherever in the log that is; F6b: a log or output
    of any form has a result; F6c: who killed the stackwalker is told; F6d: each minidump stands
    alone; F6e: notes quote neither output nor paths. Our own limits have notes of their own, and
    a walk without symbols whose packs cannot be read is no success.
    """

    writes: ClassVar[tuple[str, ...]] = (
        "additional_minidumps",
        "json_dump",
        "mdsw_return_code",
        "mdsw_status_string",
        "mdsw_stderr",
        "stackwalk_version",
        "success",
        ANY,
    )

    def act(self, crash: Crash) -> Found:
        """Give the fields of each walk."""
        others = [name.text for name in crash.walks if name.text != MAIN_MINIDUMP]
        fields: dict[str, Any] = {"additional_minidumps": others}
        said: list[str] = []
        counts = []
        for name, walk in crash.walks.items():
            told = _told(walk)
            fields |= told if name.text == MAIN_MINIDUMP else {name.text: told}
            said += notes(name, walk)
            if walk.outcome is not Outcome.EMPTY:
                counts.append(_count(walk))
        return Found(fields=fields, notes=tuple(said), counts=tuple(counts))


def _told(walk: WalkResult) -> dict[str, Any]:
    if walk.outcome is Outcome.EMPTY:
        return {"mdsw_status_string": STATUS_EMPTY, "mdsw_stderr": EMPTY_LOG}
    return {
        "json_dump": walk.json_dump,
        "mdsw_return_code": walk.exit_code,
        "mdsw_status_string": shown_status(walk),
        "success": succeeded(walk),
        "stackwalk_version": walk.version,
        "mdsw_stderr": _cut(walk.log),
    }


def _cut(log: str) -> str:
    if log.count("\n") <= LOG_LINES:
        return log
    return "\n".join(["...", *log.splitlines()[-LOG_LINES:]])


def _count(walk: WalkResult) -> Count:
    outcome = "success" if succeeded(walk) else "fail"
    return Count(Metric.WALKED, dimensions={"outcome": outcome, "exitcode": str(walk.exit_code)})
