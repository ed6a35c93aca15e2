"""NULs and nulls in annotations."""

from typing import Any

import pytest

from moonwalk.domain.request import Ruleset
from moonwalk.metrics import Metric
from moonwalk.rules.general.nulls import DeNoneRule, DeNullRule
from moonwalk.rules.rule import NOTHING
from moonwalk.rules.running import run
from tests.fakes import FakeMetrics
from tests.unit.rules.builders import act, crash


def cleaned(raw: dict[str, Any]) -> Any:
    return run([DeNullRule()], crash(raw), Ruleset.DEFAULT, FakeMetrics()).crash.raw


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ({"a": "x\0y\0"}, {"a": "xy"}),
        ({"a\0": "x\0"}, {"a": "x"}),
        ({"a\0": "x\0", "a": "y"}, {"a": "x"}),
        ({"a": "\0", "n": 1, "l": ["\0"]}, {"a": "", "n": 1, "l": ["\0"]}),
    ],
)
def test_names_and_texts_lose_their_nuls(raw: dict[str, Any], clean: dict[str, Any]) -> None:
    assert cleaned(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ({"a\0": "x"}, {"a": "x"}),
        ({"a\0": 5}, {"a": 5}),
        ({"a\0": "x", "a": "y"}, {"a": "y"}),
        ({"a\0": "x", "a": "y\0"}, {"a": "y"}),
        ({"a\0": "x", "\0a": "y"}, {"a": "x"}),
        ({"\0": "x"}, {}),
    ],
)
def test_a_value_is_kept_under_its_clean_name_unless_that_is_taken(
    raw: dict[str, Any], clean: dict[str, Any]
) -> None:
    assert cleaned(raw) == clean


def test_crashes_with_nuls_are_counted_and_no_others() -> None:
    found = act(DeNullRule(), crash({"a": "\0", "b": "\0"}))
    assert [count.metric for count in found.counts] == [Metric.NULLS]
    assert act(DeNullRule(), crash({"a": "b", "n": float("nan"), "none": None})) is NOTHING


def test_annotations_that_are_null_are_dropped_and_counted_once() -> None:
    found = act(DeNoneRule(), crash({"a": None, "b": None, "c": "", "d": {"e": None}}))
    assert found.dropped == {"a", "b"}
    assert [count.metric for count in found.counts] == [Metric.NONES]
    assert act(DeNoneRule(), crash({"c": ""})) is NOTHING
