"""Spreads and ratios are what their names say, at the edges too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.benchmarks.spread import Spread, ratios, reached_by_most, within_for_most

figures = st.lists(st.floats(min_value=0.001, max_value=1e6), min_size=1)


def test_a_spread_is_smallest_middle_and_largest_in_whatever_order_they_come() -> None:
    assert Spread.of([5, 1, 3]) == Spread(1, 3, 5)


def test_the_middle_of_an_even_number_lies_between_two() -> None:
    assert Spread.of([1, 2, 4, 8]).middle == 3


def test_ratios_are_taken_pair_by_pair_before_anything_is_summed_up() -> None:
    assert ratios([10, 90], [1, 3]) == [10, 30]


def test_figures_that_are_no_pairs_have_no_ratios() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])


@pytest.mark.parametrize(("count", "reached"), [(1, 1), (19, 1), (20, 2), (100, 6), (200, 11)])
def test_the_tail_of_one_to_n_is_what_95_of_100_reach(count: int, reached: int) -> None:
    assert reached_by_most(range(1, count + 1)) == reached


@pytest.mark.parametrize(("count", "within"), [(1, 1), (19, 19), (20, 19), (100, 95), (200, 190)])
def test_the_95th_percentile_of_one_to_n_is_what_95_of_100_stay_within(
    count: int, within: int
) -> None:
    assert within_for_most(range(1, count + 1)) == within


@given(figures)
def test_at_least_95_of_100_reach_the_tail_and_as_many_stay_within(values: list[float]) -> None:
    tail, top = reached_by_most(values), within_for_most(values)
    assert sum(value >= tail for value in values) >= 0.95 * len(values)
    assert sum(value <= top for value in values) >= 0.95 * len(values)
