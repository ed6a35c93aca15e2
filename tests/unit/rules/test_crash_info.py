"""What a walk found out about a crash, at the top level."""

from typing import Any

import pytest

from moonwalk.rules.general.crash_info import (
    CrashInconsistenciesRule,
    HasGuardPageAccessRule,
    PossibleBitFlipsRule,
    SoftErrorsRule,
)
from moonwalk.rules.rule import NOTHING, Found, Rule
from tests.unit.rules.builders import act, crash


def told(rule: Rule, **crash_info: Any) -> Found:
    return act(rule, crash(processed={"json_dump": {"crash_info": crash_info}}))


@pytest.mark.parametrize(
    ("confidences", "percent"),
    [
        ([0.25, 0.625, 0.5], 62),
        ([0.29], 28),
        ([1], 100),
        ([None, 0.1], 10),
        (["0.5", [], {}], 0),
        ([float("nan")], 0),
        ([float("inf"), 10**400, 0.3], 30),
    ],
)
def test_the_likeliest_bit_flip_counts_in_percent_cut(confidences: list[Any], percent: int) -> None:
    flips = [{"confidence": confidence} for confidence in confidences]
    found = told(PossibleBitFlipsRule(), possible_bit_flips=flips)
    assert found.fields == {"possible_bit_flips_max_confidence": percent}


def test_a_bit_flip_without_confidence_has_none() -> None:
    found = told(PossibleBitFlipsRule(), possible_bit_flips=[{}, None])
    assert found.fields == {"possible_bit_flips_max_confidence": 0}


@pytest.mark.parametrize("flips", [[], None, {"confidence": 1}, "x"])
def test_without_bit_flips_nothing_is_written(flips: Any) -> None:
    assert told(PossibleBitFlipsRule(), possible_bit_flips=flips) is NOTHING


@pytest.mark.parametrize("found", [["non_canonical"], [], None])
def test_inconsistencies_are_copied_as_they_are(found: Any) -> None:
    fields = told(CrashInconsistenciesRule(), crash_inconsistencies=found).fields
    assert fields == {"crash_inconsistencies": found}


@pytest.mark.parametrize("json_dump", [{}, {"crash_info": None}, {"crash_info": []}])
def test_inconsistencies_are_null_where_the_walk_tells_none(json_dump: Any) -> None:
    found = act(CrashInconsistenciesRule(), crash(processed={"json_dump": json_dump}))
    assert found.fields == {"crash_inconsistencies": None}


@pytest.mark.parametrize("processed", [{}, {"json_dump": None}])
def test_without_a_walk_inconsistencies_are_not_written(processed: Any) -> None:
    assert act(CrashInconsistenciesRule(), crash(processed=processed)) is NOTHING


def test_an_access_to_a_likely_guard_page_is_told() -> None:
    accesses = [{"is_likely_guard_page": False}, {}, None, {"is_likely_guard_page": True}]
    found = told(HasGuardPageAccessRule(), memory_accesses=accesses)
    assert found.fields == {"has_guard_page_access": True}


@pytest.mark.parametrize("accesses", [None, [], [{}], [{"is_likely_guard_page": False}], "x"])
def test_that_there_was_none_is_never_told(accesses: Any) -> None:
    assert told(HasGuardPageAccessRule(), memory_accesses=accesses) is NOTHING


@pytest.mark.parametrize(
    ("errors", "text"),
    [
        (None, "null"),
        ([{"StopProcessFailed": "é"}], '[{"StopProcessFailed": "\\u00e9"}]'),
        (["x" * 5_000], '["' + "x" * 4_094),
    ],
)
def test_soft_errors_are_kept_as_text_and_cut(errors: Any, text: str) -> None:
    found = act(SoftErrorsRule(), crash(processed={"json_dump": {"soft_errors": errors}}))
    assert found.fields == {"soft_errors": text}


def test_soft_errors_without_end_are_not_written_out() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    found = act(SoftErrorsRule(), crash(processed={"json_dump": {"soft_errors": deep}}))
    assert found.fields == {"soft_errors": "(nested too deep)"}


@pytest.mark.parametrize("processed", [{}, {"json_dump": None}, {"json_dump": {}}])
def test_a_walk_that_tells_no_soft_errors_has_no_field(processed: Any) -> None:
    assert act(SoftErrorsRule(), crash(processed=processed)) is NOTHING
