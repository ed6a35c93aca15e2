"""Running rules: one after the other, each timed, and none of them able to stop the others."""

from typing import Any

import pytest

from moonwalk.domain.request import Ruleset
from moonwalk.metrics import Metric
from moonwalk.rules.rule import Count, Crash, Found, Rule
from moonwalk.rules.running import Ran, run
from tests.fakes import FakeMetrics
from tests.unit.rules.builders import crash


class Says(Rule):
    """Finds what it is told to."""

    def __init__(self, found: Found, *, applies: bool = True) -> None:
        self.found, self.seen, self._applies = found, list[Crash](), applies

    def applies(self, crash: Crash) -> bool:
        """Remember the crash."""
        self.seen.append(crash)
        return self._applies

    def act(self, crash: Crash) -> Found:  # noqa: ARG002 - the same for all
        """Find it."""
        return self.found


class Breaks(Rule):
    """Fails, with a text that nobody may see."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def act(self, crash: Crash) -> Found:  # noqa: ARG002 - for no crash
        """Fail."""
        raise self._error


class BreaksBefore(Breaks):
    """Fails before its turn."""

    def applies(self, crash: Crash) -> bool:
        """Fail."""
        return bool(self.act(crash))


def ran(*rules: Rule, on: Crash | None = None, metrics: FakeMetrics | None = None) -> Ran:
    return run(rules, on or crash(), Ruleset.DEFAULT, metrics or FakeMetrics())


def test_each_rule_sees_what_the_ones_before_it_have_found() -> None:
    first = Says(Found(fields={"a": 1}, annotations={"A": 1}, dropped=frozenset({"B"})))
    second = Says(Found(fields={"a": 2, "b": 3}))
    done = ran(first, second, on=crash(raw={"A": 0, "B": 0, "C": 0}, processed={"z": 0}))
    assert (first.seen[0].raw, first.seen[0].processed) == ({"A": 0, "B": 0, "C": 0}, {"z": 0})
    assert (second.seen[0].raw, second.seen[0].processed) == ({"A": 1, "C": 0}, {"z": 0, "a": 1})
    assert done.crash.processed == {"z": 0, "a": 2, "b": 3}


def test_what_a_run_was_given_stays_as_it_was() -> None:
    raw, processed = {"A": 0}, {"z": 0}
    ran(Says(Found({"z": 1}, {"A": 1}, frozenset({"A"}))), on=crash(raw=raw, processed=processed))
    assert (raw, processed) == ({"A": 0}, {"z": 0})


def test_a_rule_that_does_not_apply_finds_nothing_and_is_timed() -> None:
    metrics = FakeMetrics()
    done = ran(Says(Found(fields={"a": 1}, notes=("no",)), applies=False), metrics=metrics)
    assert (done.crash.processed, done.notes) == ({}, ())
    assert [dimensions for metric, _, dimensions in metrics.recorded] == [{"rule": "Says"}]
    assert set(done.seconds) == {"Says"}


@pytest.mark.parametrize("kind", [Breaks, BreaksBefore])
@pytest.mark.parametrize("error", [KeyError("secret"), RecursionError("secret")])
def test_a_rule_that_fails_sets_nothing_leaves_a_note_without_its_text_and_the_rest_run(
    kind: type[Breaks], error: Exception
) -> None:
    metrics = FakeMetrics()
    done = ran(kind(error), Says(Found(fields={"a": 1}, notes=("on",))), metrics=metrics)
    place = f"{kind.__module__}.{kind.__name__}"
    failed = f"ruleset 'default' rule '{place}' failed: {type(error).__name__}"
    assert done.notes == (failed, "on")
    assert done.failed == (kind.__name__,)
    assert done.crash.processed == {"a": 1}
    assert metrics.total(Metric.RULE_TIME) > 0
    assert len(metrics.recorded) == 2


def test_figures_of_a_rule_are_told() -> None:
    metrics = FakeMetrics()
    count: Any = Count(Metric.WALKED, 2, {"outcome": "success", "exitcode": "0"})
    ran(Says(Found(counts=(count,))), metrics=metrics)
    assert (Metric.WALKED, 2, count.dimensions) in metrics.recorded
