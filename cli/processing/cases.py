"""Reads a file of cases: a crash a line, its parts in files beside it or in other folders.

A case names its crash by `crash_id`, and may have `raw`, `dumps` (files by name; `corpus:FILE` lies
in a folder of its own), `json_dump` (outputs of the stackwalker by name), `exit_code`, `log` and
`timeout` (how the walks ended), `existing` (an earlier processed crash) and `ruleset`. A dump of
the corpus without a `json_dump` has the files FILE.json, FILE.log and FILE.rc.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cli import inputs
from cli.exits import UsageError
from cli.places import shown
from cli.plain import plain
from cli.processing.recorded import CrashFiles, Recorded
from cli.stack import mapping
from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import DumpName
from moonwalk.domain.request import Ruleset

CORPUS = "corpus:"
KILLED = -9
"""The exit code of a stackwalker whose time was up."""


@dataclass(frozen=True, slots=True)
class Cases:
    """A file of cases, and where what it names lies.

    Attributes:
        corpus: the folder of dumps that are named `corpus:FILE`.
        walks: the folder of what a stackwalker made of those.
    """

    file: Path
    corpus: Path
    walks: Path

    def read(self) -> "list[Case]":
        """Read all lines.

        Raises:
            UsageError: when the file cannot be read, or a line is no case.
        """
        inputs.existing_file(self.file, "cases")
        lines = self.file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        return [self._case(number, line) for number, line in enumerate(lines, 1) if line.strip()]

    def _case(self, number: int, line: str) -> "Case":
        where = f"line {number} of {plain(shown(self.file))}"
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{where} is no JSON", "a case is a JSON object on a line") from error
        if not isinstance(mapping(said).get("crash_id"), str):
            raise UsageError(f"{where} has no crash_id", "a case is an object that names one")
        return Case(self, said)


@dataclass(frozen=True, slots=True)
class Case:
    """One case."""

    cases: Cases
    said: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What to call it."""
        return str(self.said["crash_id"])

    def files(self) -> CrashFiles:
        """Give the crash.

        Raises:
            UsageError: when the case does not say what it should.
            DeadLetter: when it is one that is refused.
        """
        files = CrashFiles(
            crash_id=CrashId(self.name),
            raw=self._beside(self.said.get("raw", f"{self.name}.json"), "raw"),
            dumps=dict(self._dumps()),
            existing=self._existing(),
            ruleset=self._ruleset(),
        )
        return replace(files, walks={name: self._walk(name) for name in files.dumps})

    def _ruleset(self) -> Ruleset:
        said = self.said.get("ruleset") or Ruleset.DEFAULT
        try:
            return Ruleset(said)
        except ValueError:
            raise self._unusable(f"an unknown ruleset {said!r}") from None

    def _existing(self) -> Path | None:
        said = self.said.get("existing")
        return self._beside(said, "existing") if said else None

    def _dumps(self) -> Iterator[tuple[DumpName, Path]]:
        for name, file in self._by_name("dumps").items():
            if str(file).startswith(CORPUS):
                path = self.cases.corpus / str(file).removeprefix(CORPUS)
            else:
                path = self._beside(file, "dumps")
            yield DumpName.from_stored(name), path

    def _walk(self, name: DumpName) -> Recorded:
        walk = Recorded()
        file = self._by_name("dumps").get(name.text)
        if output := self._by_name("json_dump").get(name.text):
            walk = Recorded(self._beside(output, "json_dump"))
        elif str(file).startswith(CORPUS):
            output = f"{str(file).removeprefix(CORPUS)}.json"
            walk = Recorded.beside(self.cases.walks / output)
        if isinstance(log := self._by_name("log").get(name.text), str):
            walk = replace(walk, log=log)
        if isinstance(exit_code := self._by_name("exit_code").get(name.text), int):
            walk = replace(walk, exit_code=exit_code)
        timeouts = self.said.get("timeout")
        if isinstance(timeouts, Sequence) and name.text in timeouts:
            walk = replace(walk, in_time=False, exit_code=KILLED)
        return walk

    def _by_name(self, key: str) -> Mapping[str, Any]:
        return mapping(self.said.get(key))

    def _beside(self, file: object, what: str) -> Path:
        if not isinstance(file, str):
            raise self._unusable(f"a {what} that names no file")
        return self.cases.file.parent / file

    def _unusable(self, what: str) -> UsageError:
        return UsageError(f"the case {plain(self.name, 60)} has {plain(what, 80)}", "mend the line")
