"""Crashes of any kind beside what Socorro's own rules made of them: what differs is a fix."""

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import main
from cli.exits import ExitCode
from cli.inputs import annotations
from cli.processing.cases import Cases
from moonwalk.adapters.signature import SiggenSignatures
from moonwalk.adapters.signature_lists import SignatureLists
from moonwalk.rules.profile import named
from moonwalk.rules.rule import Crash
from tests.integration.stackwalker_support import ROOT
from tests.unit.rules.spying import undeclared

CASES = ROOT.parent / "shared/socorro-cases"
CORPUS = ROOT.parent / "shared/corpus/dumps"
NOW, HOST = "2026-09-01T12:34:56.789012+00:00", "oracle"

EXPLAINED = {
    # F8: a memory report's own `ERROR` is no error of ours.
    "60a40886-74db-4f80-93bd-bf5d40260716": {"memory_report", "memory_report_error"},
    # F15: infinity is no number that JSON has.
    "d02d937b-3838-4a34-8fc3-0feff0260716": {"uptime_ts", "processor_notes"},
    # F4: a process type that is no text.
    "e4f5c265-da96-4a67-9359-239210260716": {"process_type", "processor_notes"},
    # F13: the text of an error quotes what is protected.
    "64f9d6a5-43e3-4932-9823-6902c0260715": {"processor_notes"},
}
"""Fields of single cases that differ, each by a fix."""
EXPLAINED_EVERYWHERE: Mapping[str, Callable[[Any, Any], bool]] = {
    # F3: an annotation whose name holds NUL is kept under the clean name.
    "crash_report_keys": lambda expected, actual: set(actual) - set(expected) == {"nulkey"},
    # F4: what is no text is no hash.
    "minidump_sha256_hash": lambda expected, actual: expected == 5 and actual is None,
    "processor_notes": lambda expected, actual: (
        set(actual.split("\n")) - set(expected.split("\n")) == {"metadata has an unusable value"}
    ),
}
"""Differences that many cases have, each by a fix."""

pytestmark = pytest.mark.skipif(
    not CASES.exists(), reason="../shared/socorro-cases is not there: nothing to compare with"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Process all cases."""
    folder = tmp_path_factory.mktemp("cases")
    arguments = {
        "--cases": CASES / "cases/cases.jsonl",
        "--corpus": CORPUS,
        "--stackwalk-dir": CASES / "stackwalk",
        "--out-dir": folder,
        "--now": NOW,
        "--host": HOST,
    }
    words = [str(word) for pair in arguments.items() for word in pair]
    done = CliRunner().invoke(main.app, ["process", *words])
    assert done.exit_code == ExitCode.FINE, done.exception
    return folder


@pytest.fixture(scope="module")
def compare() -> Any:
    """Give the comparison that came with the cases."""
    spec = importlib.util.spec_from_file_location("compare", CASES / "compare.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_in_no_case_differs_what_no_fix_explains(made: Path, compare: Any) -> None:
    unexplained: Counter[str] = Counter()
    cases = map(json.loads, (CASES / "cases/cases.jsonl").read_text().splitlines())
    for case in cases:
        name = case["crash_id"]
        expected = compare.reduced(json.loads((CASES / f"expected/{name}.json").read_text()))
        actual = compare.reduced(json.loads((made / f"{name}.json").read_text()))
        if compare.socorro_failed(expected) or case.get("existing"):
            continue
        for field in compare.differing_fields(expected, actual):
            if field != "success" and not _explained(case, field, expected, actual):
                unexplained[f"{name} {field}"] += 1
    assert not unexplained


def _explained(case: Any, field: str, expected: Any, actual: Any) -> bool:
    if field in EXPLAINED.get(case["crash_id"], ()) or _has_a_long_log(case):
        return True
    same = EXPLAINED_EVERYWHERE.get(field)
    return bool(same and same(expected.get(field), actual.get(field)))


def _has_a_long_log(case: Any) -> bool:
    """F6a: the error in a long log is found wherever it stands."""
    return any(log.count("\n") > 10 for log in case.get("log", {}).values())


def test_a_result_is_a_success_only_where_socorro_says_so_too(made: Path) -> None:
    for path in made.iterdir():
        if json.loads(path.read_text())["success"]:
            expected = json.loads((CASES / "expected" / path.name).read_text())
            assert expected.get("success", True)


def test_where_a_rule_of_socorros_failed_none_of_ours_does(made: Path) -> None:
    for path in made.iterdir():
        notes = json.loads(path.read_text())["processor_notes"]
        assert "' failed: " not in notes, path.name


def test_an_earlier_crash_leaves_nothing_behind_but_its_history(made: Path) -> None:
    seen = 0
    for case in map(json.loads, (CASES / "cases/cases.jsonl").read_text().splitlines()):
        if not case.get("existing") or case.get("ruleset") == "regenerate_signature":
            continue
        seen += 1
        path = made / f"{case['crash_id']}.json"
        expected = json.loads((CASES / "expected" / path.name).read_text())
        actual = json.loads(path.read_text())
        assert actual["processor_history"] == expected["processor_history"]
        assert "not_in_schema" not in actual
    assert seen


def test_the_comparison_that_came_with_the_cases_finds_none_missing(made: Path) -> None:
    command = [sys.executable, str(CASES / "compare.py"), str(made)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "\n0 missing; " in told


def test_rules_do_no_more_than_they_declare_in_any_case() -> None:
    signatures = SiggenSignatures(SignatureLists.read(*named("socorro").signature_lists))
    told: set[str] = set()
    cases = Cases(CASES / "cases/cases.jsonl", CORPUS, CASES / "stackwalk")
    for case in cases.read():
        files = case.files()
        crash = Crash(
            files.crash_id,
            annotations(files.raw),
            processed=annotations(files.existing) if files.existing else {},
            dumps=tuple(files.dumps),
            walks=files.results("any"),
            files=files.dumps,
        )
        told.update(undeclared("socorro", files.ruleset, crash, signatures))
    assert not told
