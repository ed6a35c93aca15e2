"""A source that keeps failing is left alone, and one try finds out whether it is well again."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.domain.breaker import Breaker, BreakerRules
from tests.builders import NOW

RULES = BreakerRules(failures=3, window=60, rest=300, longest_rest=3600, trial=20)
numbers = st.floats(0, 1e10) | st.none()
states = st.builds(Breaker, st.floats(0, 1e10), st.integers(0, 100), numbers, numbers)
times = st.lists(st.floats(0, 120), min_size=1, max_size=30)


def failing(times: int, *, start: float = NOW, step: float = 1.0) -> Breaker:
    breaker = Breaker()
    for number in range(times):
        breaker = breaker.failed(start + number * step, RULES)
    return breaker


def test_fewer_failures_than_too_many_change_nothing_for_askers() -> None:
    assert failing(2).is_well


def test_too_many_failures_within_the_window_are_a_rest() -> None:
    resting = failing(3)
    assert not resting.is_well
    assert not resting.may_try(NOW + 2)
    assert resting.rests_for(NOW + 2) == 300


def test_failures_spread_over_more_than_the_window_are_none() -> None:
    assert failing(20, step=30.0).is_well


def test_a_clock_that_went_back_begins_a_new_window() -> None:
    assert failing(2).failed(NOW - 100, RULES).is_well


def test_after_the_rest_one_may_try_and_the_others_see_it() -> None:
    resting = failing(3)
    after = NOW + 303
    assert resting.may_try(after)
    trying = resting.on_trial(after, RULES)
    assert not trying.may_try(after + 1)
    assert not trying.is_well
    assert trying.rests_for(after + 1) == 19


def test_one_who_tries_and_never_says_how_it_went_does_not_block_the_source() -> None:
    after = NOW + 303
    assert failing(3).on_trial(after, RULES).may_try(after + 20)


def test_a_try_that_succeeds_ends_the_rest() -> None:
    after = NOW + 303
    assert failing(3).on_trial(after, RULES).succeeded(after + 1) == Breaker()


def test_a_try_that_fails_begins_the_rest_anew() -> None:
    after = NOW + 303
    again = failing(3).on_trial(after, RULES).failed(after + 1, RULES)
    assert again.rests_for(after + 1) == 300
    assert again.trial_until is None


def test_late_news_from_before_the_rest_do_not_make_it_longer_or_end_it() -> None:
    resting = failing(3)
    assert resting.failed(NOW + 100, RULES) == resting
    assert resting.succeeded(NOW + 100) == resting


@pytest.mark.parametrize(("asked", "rest"), [(10, 300), (1000, 1000), (10**9, 3600), (None, 300)])
def test_a_source_may_ask_for_a_longer_rest_up_to_a_limit(asked: float | None, rest: int) -> None:
    resting = failing(2).failed(NOW + 2, RULES, asked)
    assert resting.rests_for(NOW + 2) == rest


@given(states, st.floats(0, 1e10))
def test_a_success_of_a_well_source_is_no_news(state: Breaker, now: float) -> None:
    if state.is_well:
        assert state.succeeded(now) is state


@given(times)
def test_it_rests_exactly_when_there_were_too_many_failures_in_a_window(steps: list[float]) -> None:
    breaker, now, window = Breaker(), NOW, [0.0, 0]
    for step in steps:
        now += step
        breaker = breaker.failed(now, RULES)
        if not breaker.is_well:
            assert window[1] == RULES.failures - 1
            assert now - window[0] < RULES.window
            return
        window = [now, 1] if now - window[0] >= RULES.window else [window[0], window[1] + 1]
        assert window[1] < RULES.failures


@given(states, st.lists(st.tuples(st.booleans(), st.floats(0, 1e10)), max_size=20))
def test_no_source_is_left_alone_for_ever(state: Breaker, news: list[tuple[bool, float]]) -> None:
    for failed, now in news:
        state = state.failed(now, RULES) if failed else state.succeeded(now)
    late = 3e10
    assert state.is_well or state.may_try(late)
    assert state.rests_for(late) == 0


@given(states)
def test_a_state_survives_being_stored(state: Breaker) -> None:
    assert Breaker.from_item(json.loads(json.dumps(state.as_item()))) == state


@given(
    st.dictionaries(
        st.sampled_from(["since", "failures", "rests_until", "trial_until", "x"]),
        st.none() | st.booleans() | st.text() | st.floats() | st.lists(st.integers()),
    )
)
def test_whatever_is_stored_gives_a_state_that_can_be_used(item: dict[str, Any]) -> None:
    state = Breaker.from_item(item)
    assert state.failures >= 0
    assert not math.isnan(state.rests_for(NOW))
    state.failed(NOW, RULES)
