"""A crash as a collector would store it, made of files on this machine."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli import inputs
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName

RAW_CRASH_VERSION = 2
"""Of the fields that collectors add (Socorro)."""
THROTTLE_ACCEPT = "0"
"""The digit of a crash id by which a collector says that it keeps the crash."""


@dataclass(frozen=True)
class Sources:
    """The files of one crash.

    Attributes:
        dump: the main minidump.
        others: further dumps of the same crash, by name.
        raw_crash: its annotations; None takes the ones beside the dump, if there are any.
    """

    dump: Path
    others: Mapping[DumpName, Path]
    raw_crash: Path | None = None


@dataclass(frozen=True)
class NewCrash:
    """What is to be stored before its message is sent."""

    crash_id: CrashId
    raw_crash: Mapping[str, Any]
    dumps: Mapping[DumpName, Path]


def new_crash(sources: Sources) -> NewCrash:
    """Give a crash a fresh id and the fields that a collector adds to its annotations.

    Raises:
        UsageError: when a file cannot be used.
    """
    now = datetime.now(UTC)
    dumps = {DumpName(MAIN_MINIDUMP): sources.dump, **sources.others}
    for path in dumps.values():
        inputs.existing_file(path, "a dump")
    file = sources.raw_crash or inputs.annotations_beside(sources.dump)
    given = inputs.annotations(file) if file else {}
    crash_id = fresh_crash_id(now)
    return NewCrash(crash_id, given | _collected(crash_id, now, given, dumps), dumps)


def fresh_crash_id(now: datetime) -> CrashId:
    """Make a crash id of the day, as collectors do."""
    return CrashId(f"{str(uuid.uuid4())[:-7]}{THROTTLE_ACCEPT}{now:%y%m%d}")


def _collected(
    crash_id: CrashId,
    now: datetime,
    given: Mapping[str, Any],
    dumps: Mapping[DumpName, Path],
) -> dict[str, Any]:
    metadata = given.get("metadata")
    return {
        "uuid": crash_id.text,
        "submitted_timestamp": now.isoformat(),
        "version": RAW_CRASH_VERSION,
        "metadata": {
            "collector_notes": [],
            "throttle_rule": "accept_everything",
            "user_agent": "moonwalk",
            **(metadata if isinstance(metadata, dict) else {}),
            "dump_checksums": {name.text: _sha256(path) for name, path in dumps.items()},
        },
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
