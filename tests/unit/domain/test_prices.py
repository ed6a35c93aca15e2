"""What a run is said to cost."""

import pytest

from moonwalk.domain import prices
from moonwalk.domain.lane import Lane
from moonwalk.domain.prices import RUN, Prices


def test_a_run_costs_its_time_and_its_requests_and_something_in_any_case() -> None:
    priced = Prices(second=0.5)
    assert priced.run(Lane.LIGHT, 0, 0) == RUN[Lane.LIGHT] > 0
    assert priced.run(Lane.LIGHT, 2, 0) == pytest.approx(1 + RUN[Lane.LIGHT])
    assert priced.run(Lane.LIGHT, 0, 1000) == pytest.approx(0.0004 + RUN[Lane.LIGHT])


def test_a_standard_workflow_makes_a_run_dearer_than_an_express_one() -> None:
    assert RUN[Lane.HEAVY] > RUN[Lane.LIGHT]


def test_a_second_of_a_slot_is_its_share_of_the_task() -> None:
    whole = prices.heavy_second("x86_64", 4096, 16384, 1)
    assert whole == pytest.approx((4 * 0.04048 + 16 * 0.004445) / 3600)
    assert prices.heavy_second("x86_64", 4096, 16384, 4) == pytest.approx(whole / 4)


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_a_second_of_the_light_lane_is_of_both_functions(architecture: str) -> None:
    both = prices.light_second(architecture, 3072, 1024)
    assert both > 4 * prices.LAMBDA_GIB_SECOND[architecture]
    assert prices.light_second(architecture, 3072, 0) < both
