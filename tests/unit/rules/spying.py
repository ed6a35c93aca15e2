"""Looks at rules while they run, and finds out what they do that they have not declared."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.request import Ruleset
from moonwalk.ports import Signatures
from moonwalk.rules import profile
from moonwalk.rules.rule import ANY, NOTHING, Crash, Found, Rule
from moonwalk.rules.running import run
from tests.fakes import FakeMetrics
from tests.unit.rules.builders import NoSignatures, parts


class Spy(Mapping[str, Any]):
    """An object that remembers which of its names were asked for, and whether all were."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_: Mapping[str, Any] = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return self.values_[name]

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return name in self.values_

    def __iter__(self) -> Iterator[str]:
        self.asked.add(ANY)
        return iter(self.values_)

    def __len__(self) -> int:
        self.asked.add(ANY)
        return len(self.values_)


class Watched(Rule):
    """A rule, looked at while it runs."""

    def __init__(self, rule: Rule, told: Callable[[Rule, str], None]) -> None:
        self._rule, self._told = rule, told

    @property
    def name(self) -> str:
        """That of the rule."""
        return self._rule.name

    def applies(self, crash: Crash) -> bool:  # noqa: ARG002 - asked for in `act`
        """Leave the question to `act`."""
        return True

    def act(self, crash: Crash) -> Found:
        """Take the rule's turn."""
        raw, processed, files = Spy(crash.raw), Spy(crash.processed), Spy(_by_text(crash.files))
        seen = replace(crash, raw=raw, processed=processed, files=_Files(files))
        found = self._rule.act(seen) if self._rule.applies(seen) else NOTHING
        set_ = {*found.annotations, *found.dropped}
        self._check("reads the annotation", self._rule.annotations, raw.asked)
        self._check("sets the annotation", self._rule.annotations, set_)
        self._check("reads the field", self._rule.reads, processed.asked)
        self._check("sets the field", self._rule.writes, found.fields)
        self._check("reads the dump", self._rule.files, files.asked)
        return found

    def _check(self, what: str, declared: tuple[str, ...], done: Any) -> None:
        if ANY not in declared:
            for name in set(done) - set(declared):
                self._told(self._rule, f"{self._rule.name} {what} {name}")


class _Files(Mapping[DumpName, Path]):
    def __init__(self, spy: Spy) -> None:
        self._spy = spy

    def __getitem__(self, name: DumpName) -> Path:
        found: Path = self._spy[name.text]
        return found

    def __iter__(self) -> Iterator[DumpName]:
        return map(DumpName, self._spy)

    def __len__(self) -> int:
        return len(self._spy)


def _by_text(files: Mapping[DumpName, Path]) -> dict[str, Path]:
    return {name.text: path for name, path in files.items()}


def undeclared(
    name: str, ruleset: Ruleset, given_crash: Crash, signatures: Signatures | None = None
) -> list[str]:
    """Run a profile's rules over a crash, and list what they did that they had not declared."""
    found: list[str] = []
    chosen = profile.named(name)

    def watched(rules: tuple[Rule, ...]) -> list[Watched]:
        return [Watched(rule, lambda _, said: found.append(said)) for rule in rules]

    def made(told: Mapping[str, Any]) -> Any:
        return parts(told, schema=chosen.schema, signatures=signatures or NoSignatures())

    rules = [*watched(chosen.before_walk(made)), *watched(chosen.rules(ruleset, made))]
    ran = run(rules, given_crash, ruleset, FakeMetrics())
    assert ran.failed == ()
    return found
