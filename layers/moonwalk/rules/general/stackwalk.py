"""The rule that stores what the stackwalker made of the minidumps."""

from collections.abc import Iterator
from typing import Any, ClassVar

from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.outcome import Outcome, OutputFault, WalkResult
from moonwalk.domain.processed_crash import (
    STATUS_EMPTY,
    STATUS_OK,
    STATUS_UNKNOWN,
    STATUS_UNREADABLE_PACKS,
)
from moonwalk.metrics import Metric
from moonwalk.rules.reading import quoted
from moonwalk.rules.rule import ANY, Count, Crash, Found, Rule

EMPTY_LOG = "Shortcut for 0-bytes minidump."
LOG_LINES = 10
"""Longer logs are cut to their last lines."""
ABOUT = "MinidumpStackwalkRule: minidump-stackwalk"
SIGKILL, SIGABRT = -9, -6
FAULTS = {
    OutputFault.NOT_JSON: f"{ABOUT}: non-json output",
    OutputFault.NO_OBJECT: f"{ABOUT} produced unexpected output",
}
ENDS = {
    Outcome.TIMEOUT: f"{ABOUT}: timeout (SIGKILL)",
    Outcome.CPU_LIMIT: f"{ABOUT}: ended at its limit of CPU time",
    Outcome.MEMORY_LIMIT: f"{ABOUT}: ended at its limit of memory",
    Outcome.OUTPUT_LIMIT: f"{ABOUT}: ended at its limit of output",
    Outcome.UNREADABLE_PACKS: f"{ABOUT}: symbols missing, their packs cannot be read",
}
SIGNALS = {SIGKILL: f"{ABOUT}: killed (SIGKILL)", SIGABRT: f"{ABOUT}: aborted (SIGABRT)"}


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
        notes: list[str] = []
        counts = []
        for name, walk in crash.walks.items():
            told = _told(walk)
            fields |= told if name.text == MAIN_MINIDUMP else {name.text: told}
            notes += _notes(name, walk)
            if walk.outcome is not Outcome.EMPTY:
                counts.append(_count(walk))
        return Found(fields=fields, notes=tuple(notes), counts=tuple(counts))


def _told(walk: WalkResult) -> dict[str, Any]:
    if walk.outcome is Outcome.EMPTY:
        return {"mdsw_status_string": STATUS_EMPTY, "mdsw_stderr": EMPTY_LOG}
    return {
        "json_dump": walk.json_dump,
        "mdsw_return_code": walk.exit_code,
        "mdsw_status_string": _shown_status(walk),
        "success": _succeeded(walk),
        "stackwalk_version": walk.version,
        "mdsw_stderr": _cut(walk.log),
    }


def _status(walk: WalkResult) -> Any:
    """Give the stackwalker's own word for it."""
    return walk.json_dump.get("status", STATUS_UNKNOWN)


def _shown_status(walk: WalkResult) -> Any:
    """Give the status; without symbols that should have been there it is never `OK`."""
    status = _logged_error(walk) or _status(walk)
    lacking = walk.outcome is Outcome.UNREADABLE_PACKS and status == STATUS_OK
    return STATUS_UNREADABLE_PACKS if lacking else status


def _succeeded(walk: WalkResult) -> bool:
    return walk.outcome is Outcome.OK and bool(_status(walk) == STATUS_OK)


def _logged_error(walk: WalkResult) -> str | None:
    """Give the error that the log names, where the output names none."""
    if _status(walk) not in (STATUS_OK, STATUS_UNKNOWN):
        return None
    for line in walk.log.strip().splitlines():
        if line.startswith("ERROR"):
            return [*line.split(" "), ""][1] or None
    return None


def _cut(log: str) -> str:
    if log.count("\n") <= LOG_LINES:
        return log
    return "\n".join(["...", *log.splitlines()[-LOG_LINES:]])


def _notes(name: DumpName, walk: WalkResult) -> Iterator[str]:
    if walk.outcome is Outcome.EMPTY:
        yield f"MinidumpStackwalkRule: {name} is empty--skipping minidump processing"
        return
    if walk.fault in FAULTS:
        yield FAULTS[walk.fault]
    end = ENDS.get(walk.outcome) or SIGNALS.get(walk.exit_code or 0)
    if end or not _succeeded(walk):
        yield end or f"{ABOUT}: failed: {walk.exit_code}: {quoted(_status(walk))}"
    if _logged_error(walk):
        yield (f"MinidumpStackwalkRule: processing {name} had error; stomped on mdsw_status_string")


def _count(walk: WalkResult) -> Count:
    outcome = "success" if _succeeded(walk) else "fail"
    return Count(Metric.WALKED, dimensions={"outcome": outcome, "exitcode": str(walk.exit_code)})
