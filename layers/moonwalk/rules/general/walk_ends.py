"""How the end of a walk is told: its status, its success, and what notes say of it."""

from collections.abc import Iterator
from typing import Any

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import Outcome, OutputFault, WalkResult
from moonwalk.domain.processed_crash import STATUS_OK, STATUS_UNKNOWN, STATUS_UNREADABLE_PACKS
from moonwalk.rules.reading import quoted

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


def _status(walk: WalkResult) -> Any:
    """Give the stackwalker's own word for it."""
    return walk.json_dump.get("status", STATUS_UNKNOWN)


def shown_status(walk: WalkResult) -> Any:
    """Give the status; without symbols that should have been there it is never `OK`."""
    if walk.outcome is Outcome.UNREADABLE_PACKS:
        return STATUS_UNREADABLE_PACKS
    return _logged_error(walk) or _status(walk)


def succeeded(walk: WalkResult) -> bool:
    """Say whether a walk came to its end by the stackwalker's own word, with all symbols."""
    return walk.outcome is Outcome.OK and bool(_status(walk) == STATUS_OK)


def _logged_error(walk: WalkResult) -> str | None:
    """Give the error that the log names, where the output names none."""
    if walk.outcome is Outcome.UNREADABLE_PACKS or _status(walk) not in (STATUS_OK, STATUS_UNKNOWN):
        return None
    for line in walk.log.strip().splitlines():
        if line.startswith("ERROR"):
            return [*line.split(" "), ""][1] or None
    return None


def notes(name: DumpName, walk: WalkResult) -> Iterator[str]:
    """Give the notes of a walk; none of one that went well."""
    if walk.outcome is Outcome.EMPTY:
        yield f"MinidumpStackwalkRule: {name} is empty--skipping minidump processing"
        return
    if walk.fault in FAULTS:
        yield FAULTS[walk.fault]
    end = ENDS.get(walk.outcome) or SIGNALS.get(walk.exit_code or 0)
    if end or not succeeded(walk):
        yield end or f"{ABOUT}: failed: {walk.exit_code}: {quoted(_status(walk))}"
    if _logged_error(walk):
        yield f"MinidumpStackwalkRule: processing {name} had error; stomped on mdsw_status_string"
