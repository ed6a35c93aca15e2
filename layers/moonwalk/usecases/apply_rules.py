"""The rules' part of a run: what they read beside the walks is brought to them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.processed_crash import Pass
from moonwalk.domain.request import Ruleset
from moonwalk.domain.task import Task
from moonwalk.ports import CrashStore
from moonwalk.rules.processing import Applied, Rules
from moonwalk.rules.rule import Crash
from moonwalk.rules.running import Ran

MOST_BYTES = 32 * 1024 * 1024
"""Of a dump that rules read; they read less than that of it, unpacked."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A raw crash whose annotations are set right."""

    this_pass: Pass
    ran: Ran

    @property
    def to_be_walked(self) -> bool:
        """Whether its minidumps are: not where the earlier walk counts."""
        return self.this_pass.ruleset is not Ruleset.REGENERATE_SIGNATURE

    def write(self, file: Path) -> Path:
        """Write the raw crash for the stackwalker.

        Raises:
            DeadLetter: when it is nested too deep; it was read before, but less deep in the stack.
        """
        try:
            file.write_text(json.dumps(self.ran.crash.raw), encoding="utf-8")
        except RecursionError:
            raise DeadLetter(
                DeadLetterCode.RAW_CRASH_UNREADABLE,
                f"the raw crash of {self.this_pass.crash_id} is nested too deep",
            ) from None
        return file


@dataclass(frozen=True, slots=True)
class ApplyRules:
    """Turns raw crashes and walks into processed crashes.

    Attributes:
        worker: what the notes name as the place of the run; everybody may see it.
    """

    rules: Rules
    store: CrashStore
    worker: str

    def prepare(self, task: Task, started: datetime, raw_crash: Mapping[str, Any]) -> Prepared:
        """Set the annotations right that rules and stackwalker read."""
        request = task.request
        this_pass = Pass(request.crash_id, request.ruleset, started, self.worker)
        return Prepared(this_pass, self.rules.prepare(this_pass, raw_crash))

    def __call__(
        self, task: Task, prepared: Prepared, walks: Mapping[DumpName, WalkResult], folder: Path
    ) -> Applied:
        """Apply the rules.

        Args:
            task: names the dumps.
            prepared: what `prepare` gave.
            walks: of the minidumps.
            folder: takes the dumps that rules read.

        Raises:
            DeadLetter: when such a dump is not there, or the earlier crash that the ruleset keeps
                cannot be read.
        """
        crash = Crash(
            crash_id=task.request.crash_id,
            raw=prepared.ran.crash.raw,
            dumps=tuple(dump.name for dump in task.dumps),
            walks=walks,
            files=self._files(task, folder),
        )
        return self.rules.apply(prepared.this_pass, prepared.ran, crash, self._earlier(task))

    def _files(self, task: Task, folder: Path) -> dict[DumpName, Path]:
        read = self.rules.files(task.request.ruleset)
        files = {
            dump.name: folder / dump.name.text for dump in task.dumps if dump.name.text in read
        }
        for name, file in files.items():
            self.store.fetch_dump(task.request.crash_id, name, file, most=MOST_BYTES)
        return files

    def _earlier(self, task: Task) -> Mapping[str, Any]:
        """Give the processed crash there is; to a new one it only lends its history."""
        try:
            return self.store.processed_crash(task.request.crash_id) or {}
        except DeadLetter:
            if task.request.ruleset is Ruleset.REGENERATE_SIGNATURE:
                raise
            return {}
