"""Goals and the file of a benchmark say what was measured, and no more."""

import json
from pathlib import Path

import pytest

from cli.benchmarks.report import Goal, publish


@pytest.mark.parametrize(
    ("value", "at_least", "met"),
    [
        (1.0, False, True),
        (1.1, False, False),
        (0.9, True, False),
        (1.0, True, True),
        (None, True, False),
        (None, False, False),
    ],
)
def test_a_goal_is_met_at_its_bound_and_never_without_a_value(
    value: float | None, *, at_least: bool, met: bool
) -> None:
    assert Goal("wall", 1.0, value, "x", at_least=at_least).met is met


def test_a_goal_without_a_value_is_said_to_be_not_measured() -> None:
    assert "not measured (goal: at least 200)" in Goal("a", 200, None, "x", at_least=True).told()


def test_large_values_are_told_without_an_exponent() -> None:
    assert "1,234 x" in Goal("a", 500, 1234.4, "x", at_least=True).told()


def test_the_file_has_the_schema_that_every_benchmark_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    publish("some", [Goal("a", 2, 3.0, "x", at_least=True)], [{"run": 1}])
    document = json.loads(Path("build/bench/some.json").read_text("utf-8"))
    assert set(document) == {"schema", "commit", "date", "machine", "goals", "rows"}
    assert document["schema"] == 1
    assert document["goals"] == [{"name": "a", "goal": 2, "value": 3.0, "unit": "x", "met": True}]
    assert document["rows"] == [{"run": 1}]
