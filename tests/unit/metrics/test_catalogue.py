"""The catalogue: every metric is declared once, and no dimension of one can grow."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import moonwalk
import moonwalk.metrics
from moonwalk.adapters.metrics import EmfMetrics
from moonwalk.metrics import Declaration, Kind, Metric, Unit
from moonwalk.metrics.declaration import OTHER
from moonwalk.rules import profile
from moonwalk.usecases.need_ends import Met
from moonwalk.usecases.pack_symbols import Packed
from tests.fakes import FakeMetrics

LONGEST_DIMENSION = 60
"""Values that one dimension may have at most: rules have the most."""


def declared() -> Iterator[Declaration]:
    """Give what the areas' files declare, whether or not `Metric` names it."""
    for area in pkgutil.iter_modules(moonwalk.metrics.__path__, "moonwalk.metrics."):
        found = vars(importlib.import_module(area.name)).values()
        yield from (each for each in found if isinstance(each, Declaration))


def values(metric: Metric, name: str) -> set[str]:
    [found] = [each for each in metric.value.dimensions if each.name == name]
    return set(found.values)


def test_every_declaration_is_a_metric_and_no_two_have_the_same_name() -> None:
    found = list(declared())
    assert {each.name for each in found} == {metric.value.name for metric in Metric}
    assert len({each.name for each in found}) == len(found) == len(Metric)


@pytest.mark.parametrize("metric", Metric)
def test_no_dimension_of_a_metric_is_unbounded(metric: Metric) -> None:
    for dimension in metric.value.dimensions:
        assert 1 < len(dimension.values) <= LONGEST_DIMENSION
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value) for value in dimension.values)


@pytest.mark.parametrize("metric", Metric)
def test_a_metric_s_unit_suits_its_kind_and_its_meaning_is_a_sentence(metric: Metric) -> None:
    found = metric.value
    assert re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", found.name)
    assert found.meaning[0].isupper()
    assert found.meaning.endswith(".")
    if found.kind is Kind.COUNTER:
        assert found.unit is Unit.COUNT
    if found.kind is Kind.TIMING:
        assert found.unit is Unit.SECONDS


def test_what_the_domain_does_not_know_is_declared_as_it_is_used() -> None:
    assert values(Metric.SYMBOLS_PACKED, "outcome") == set(Packed)
    assert values(Metric.SYMBOL_NEEDS, "outcome") == set(Met)
    rules = {
        rule.__name__
        for name in ("default", "socorro")
        for ruleset in profile.named(name).rulesets.values()
        for rule in ruleset
    }
    assert values(Metric.RULE_TIME, "rule") >= rules


def test_every_metric_is_recorded_somewhere() -> None:
    root = Path(moonwalk.__file__).parents[2]
    folders = (root / "layers" / "moonwalk", root / "lambdas")
    texts = [path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py")]
    used = {name for text in texts for name in re.findall(r"\bMetric\.([A-Z_]+)", text)}
    assert {metric.name for metric in Metric} == used


def test_an_undeclared_value_fails_a_test_and_is_other_in_a_deployment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ValueError, match=r"ledger\.reconciled: action=eaten is not declared"):
        FakeMetrics().add(Metric.RECONCILED, action="eaten")
    metrics = EmfMetrics()
    metrics.add(Metric.RECONCILED, action="eaten")
    metrics.flush()
    assert f'"action":"{OTHER}"' in capsys.readouterr().out
