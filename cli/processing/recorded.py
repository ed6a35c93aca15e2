"""A crash in files: its annotations, its dumps, and what a stackwalker made of them before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli import inputs
from cli.exits import UsageError
from cli.places import shown
from cli.plain import plain
from moonwalk.adapters.walk_output import not_walked, outcome_of, read_log, read_output
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.request import Ruleset

MAX_OUTPUT = 512 * 1024 * 1024
"""Bytes of an output; a person's machine has memory for it."""
JSON = ".json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a stackwalker left of one minidump.

    Attributes:
        output: the file of its output; it may be missing, or there may be none.
        in_time: whether it ended before its time was up.
    """

    output: Path | None = None
    exit_code: int = 0
    log: str = ""
    in_time: bool = True

    @classmethod
    def beside(cls, output: Path) -> "Recorded":
        """Read log and exit code from beside the output, as far as they are there.

        Raises:
            UsageError: when there is an exit code that is no number.
        """
        return cls(output, _exit_code(_ending(output, ".rc")), read_log(_ending(output, ".log")))

    def result(self, minidump: Path, version: str) -> WalkResult:
        """Give what the walker of the pipeline would have given.

        Args:
            minidump: what was walked.
            version: the stackwalker's own version line.
        """
        if minidump.stat().st_size == 0:
            return not_walked()
        outcome = outcome_of(self.exit_code, in_time=self.in_time)
        read = read_output(outcome, self.output, MAX_OUTPUT)
        return WalkResult(
            outcome=read.outcome,
            json_dump=read.document,
            output=read.content,
            exit_code=self.exit_code,
            log=self.log,
            version=version,
            wall_seconds=0.0,
            fault=read.fault,
        )


@dataclass(frozen=True, slots=True)
class CrashFiles:
    """A crash to process.

    Attributes:
        raw: the file of its annotations.
        dumps: in stored order.
        walks: of its minidumps; one that has none was walked to no output.
        existing: the file of an earlier processed crash.
    """

    crash_id: CrashId
    raw: Path
    dumps: Mapping[DumpName, Path] = field(default_factory=dict)
    walks: Mapping[DumpName, Recorded] = field(default_factory=dict)
    existing: Path | None = None
    ruleset: Ruleset = Ruleset.DEFAULT

    def results(self, version: str) -> dict[DumpName, WalkResult]:
        """Give how the walks of its minidumps ended.

        Raises:
            UsageError: when a dump is not there.
        """
        for dump in self.dumps.values():
            inputs.existing_file(dump, "a dump")
        return {
            name: self.walks.get(name, Recorded()).result(dump, version)
            for name, dump in self.dumps.items()
            if name.is_minidump
        }


def _ending(output: Path, ending: str) -> Path:
    return output.with_name(output.name.removesuffix(JSON) + ending)


def _exit_code(file: Path) -> int:
    if not file.is_file():
        return 0
    try:
        return int(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{plain(shown(file))} holds no exit code", "write a number, or remove it"
        ) from error
