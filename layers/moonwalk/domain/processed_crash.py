"""The processed crash: what is known of a crash once its minidumps were walked.

Field names are Socorro's, so that its readers recognise them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName
from moonwalk.domain.outcome import Outcome, WalkResult
from moonwalk.domain.request import Ruleset

STATUS_OK = "OK"
STATUS_UNKNOWN = "unknown error"
STATUS_EMPTY = "EmptyMinidump"
STATUS_UNREADABLE_PACKS = "UnreadablePacks"
LOG_LINES = 10
"""Longer logs are cut to their last lines (Socorro)."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of processing: which crash, by which rules, from when to when, and where.

    Attributes:
        attempt: the ledger's attempt that the pass belongs to.
        started: aware, UTC.
    """

    crash_id: CrashId
    ruleset: Ruleset
    attempt: int
    started: datetime
    host: str

    @property
    def first_note(self) -> str:
        """The line that every pass's notes begin with."""
        started = str(self.started.astimezone(UTC))
        return f">>> Start processing: {started} ({self.host})"


def timestamp(moment: datetime) -> str:
    """Give a time as processed crashes hold it: UTC, whole seconds, `+00:00`."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def walk_fields(walk: WalkResult) -> dict[str, Any]:
    """Give the fields that tell of one walk."""
    if walk.outcome is Outcome.EMPTY:
        return {"mdsw_status_string": STATUS_EMPTY, "mdsw_stderr": walk.log}
    return {
        "json_dump": dict(walk.json_dump),
        "mdsw_return_code": walk.exit_code,
        "mdsw_status_string": status_of(walk),
        "success": walk.outcome is Outcome.OK and _reported_status(walk) == STATUS_OK,
        "stackwalk_version": walk.version,
        "mdsw_stderr": _cut(walk.log),
    }


def status_of(walk: WalkResult) -> str:
    """Give the status: the output's own, or the error name at the head of the log.

    A walk without symbols that should have been there never says OK, whatever its log has kept.
    """
    if walk.outcome is Outcome.UNREADABLE_PACKS:
        return STATUS_UNREADABLE_PACKS
    reported = _reported_status(walk)
    if reported not in (STATUS_OK, STATUS_UNKNOWN):
        return reported
    return _logged_error(walk.log) or reported


def _reported_status(walk: WalkResult) -> str:
    status = walk.json_dump.get("status", STATUS_UNKNOWN)
    return status if isinstance(status, str) else STATUS_UNKNOWN


def _logged_error(log: str) -> str | None:
    for line in log.splitlines():
        words = line.split()
        if words and words[0] == "ERROR":
            return words[1] if len(words) > 1 else None
    return None


def _cut(log: str) -> str:
    lines = log.splitlines()
    if len(lines) <= LOG_LINES:
        return log
    return "\n".join(["...", *lines[-LOG_LINES:]])


def walk_note(name: DumpName, walk: WalkResult) -> str | None:
    """Say in a sentence what was wrong with a walk; None when nothing was."""
    if walk.outcome is Outcome.OK:
        return None
    if walk.outcome is Outcome.EMPTY:
        return f"{name} is empty: there is nothing to walk"
    said = f", {status_of(walk)}" if walk.outcome is Outcome.UNREADABLE else ""
    return f"{name}: {_MEANING[walk.outcome]} (exit {walk.exit_code}{said})"


_MEANING = {
    Outcome.UNREADABLE_PACKS: "walked without symbols whose packs cannot be read",
    Outcome.UNREADABLE: "the stackwalker cannot read it",
    Outcome.CRASHED: "the stackwalker died of it",
    Outcome.BAD_OUTPUT: "the stackwalker's output cannot be used",
    Outcome.TIMEOUT: "killed at the end of its time",
    Outcome.CPU_LIMIT: "ended at its limit of CPU time",
    Outcome.MEMORY_LIMIT: "ended at its limit of memory",
    Outcome.OUTPUT_LIMIT: "ended at its limit of output",
}


def assemble(
    this_pass: Pass, raw_crash: Document, walks: Mapping[DumpName, WalkResult]
) -> dict[str, Any]:
    """Put the processed crash together, all but its signature and its end.

    The main minidump's fields stand at the top level, any other's under its name.
    """
    main = {name: walk for name, walk in walks.items() if name.text == MAIN_MINIDUMP}
    others = {name: walk for name, walk in walks.items() if name not in main}
    processed: dict[str, Any] = {
        "crash_id": this_pass.crash_id.text,
        "uuid": this_pass.crash_id.text,
        "ruleset": this_pass.ruleset.value,
        "attempt": this_pass.attempt,
        "started_datetime": timestamp(this_pass.started),
        "submitted_timestamp": raw_crash.get("submitted_timestamp"),
        "date_processed": raw_crash.get("submitted_timestamp"),
        "additional_minidumps": [name.text for name in others],
    }
    for walk in main.values():
        processed |= walk_fields(walk)
    for name, walk in others.items():
        processed[name.text] = walk_fields(walk)
    crash_info = _object(_object(processed.get("json_dump")).get("crash_info"))
    processed["crashing_thread"] = crash_info.get("crashing_thread")
    processed["reason"] = crash_info.get("type")
    processed["address"] = crash_info.get("address")
    processed["success"] = all(walk.outcome is Outcome.OK for walk in main.values())
    notes = [this_pass.first_note]
    notes += [note for name, walk in walks.items() if (note := walk_note(name, walk))]
    processed["processor_notes"] = "\n".join(notes)
    return processed


def _object(value: object) -> Document:
    return value if isinstance(value, Mapping) else {}
