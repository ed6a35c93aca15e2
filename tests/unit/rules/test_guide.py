"""The guide to a new rule does what it says: its code is taken from there and run."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import moonwalk.rules.general
from moonwalk.domain.request import Ruleset
from moonwalk.rules import profile
from moonwalk.rules.running import run
from tests.fakes import FakeMetrics
from tests.unit.rules.builders import crash, parts

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "rules.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AFTER = '  "general.dates.DatesAndTimesRule",\n'


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Follow the guide in folders of its own: the rule's, and a copy of the default profile.

    Of its rules, those after the guide's are left out.
    """
    text = GUIDE.read_text(encoding="utf-8")
    kinds, blocks = zip(*BLOCK.findall(text[text.index("## A new rule") :]), strict=True)
    assert kinds == ("python", "toml", "toml", "tsv", "python")
    rule, line, words, row, test = blocks
    (tmp_path / "early_crash.py").write_text(rule, encoding="utf-8")
    places = [*moonwalk.rules.general.__path__, str(tmp_path)]
    monkeypatch.setattr(moonwalk.rules.general, "__path__", places)
    folder = tmp_path / "mine"
    shutil.copytree(profile.FOLDER / "default", folder)
    listed = (folder / "profile.toml").read_text(encoding="utf-8")
    before = listed[: listed.index(AFTER) + len(AFTER)]
    rulesets = f"{before}{line}]\nregenerate_signature = []\n"
    (folder / "profile.toml").write_text(rulesets + words, encoding="utf-8")
    with (folder / "fields.tsv").open("a", encoding="utf-8") as fields:
        fields.write(row)
    yield SimpleNamespace(folder=folder, test=test)
    sys.modules.pop("moonwalk.rules.general.early_crash", None)


def test_the_guides_rule_runs_where_the_guide_puts_it(guide: SimpleNamespace) -> None:
    mine = profile.read(guide.folder)
    rules = mine.rules(Ruleset.DEFAULT, lambda told: parts(told, schema=mine.schema))
    raw = {
        "submitted_timestamp": "2026-11-23T12:00:00+00:00",
        "CrashTime": "1000",
        "StartupTime": "991",
    }
    processed = run(rules, crash(raw), Ruleset.DEFAULT, FakeMetrics()).crash.processed
    assert processed["crashed_early"] is True
    assert mine.schema.public(processed)["crashed_early"] is True


def test_the_guides_tests_pass(guide: SimpleNamespace) -> None:
    names: dict[str, Any] = {}
    exec(guide.test, names)  # noqa: S102 - the guide's own code
    tests: list[Callable[[], None]] = [
        value for name, value in names.items() if name.startswith("test_")
    ]
    assert len(tests) == 3
    for test in tests:
        test()
