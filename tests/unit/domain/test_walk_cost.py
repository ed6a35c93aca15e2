"""Where the time of a walk went, from what kernel, stackwalker and broker told."""

from dataclasses import replace

import pytest

from moonwalk.domain.walk_cost import BrokerCost, ProcessCost, Spent, spent
from tests.fakes.walking import COST as TOLD

PROCESS = ProcessCost(
    user_seconds=1.0,
    system_seconds=0.5,
    ready_seconds=0.25,
    major_faults=7,
    disk_bytes=4096,
    peak_bytes=1 << 20,
)
COST = replace(TOLD, file_seconds=0.5, broker_seconds=2.0)
BROKERED = BrokerCost(
    requests=3,
    source_bytes=300,
    kept_bytes=200,
    whole_packs=0,
    wait_seconds=4.0,
    blocked_seconds=1.5,
)


def test_waiting_is_what_is_neither_computed_nor_wanted_to_be() -> None:
    told = spent(4.0, PROCESS, COST, BROKERED)
    assert told.wait_seconds == pytest.approx(2.25)
    assert told.wait_ratio == pytest.approx(2.25 / 4)


def test_a_walk_that_lacks_a_processor_does_not_wait() -> None:
    crowded = replace(PROCESS, ready_seconds=2.5)
    assert spent(4.0, crowded, COST, BROKERED).wait_ratio == 0.0


def test_a_walk_that_was_killed_tells_how_it_waited() -> None:
    killed = spent(120.0, PROCESS, None, BROKERED)
    assert killed.wait_ratio > 0.98
    assert (killed.disk_seconds, killed.network_seconds) == (0.0, 1.5)


def test_of_the_waits_for_the_broker_only_those_for_sources_are_the_networks() -> None:
    told = spent(4.0, PROCESS, COST, BROKERED)
    assert (told.network_seconds, told.disk_seconds) == (1.5, 1.0)


def test_the_network_holds_no_walk_up_that_goes_on_meanwhile() -> None:
    side_by_side = replace(COST, broker_seconds=0.5)
    told = spent(4.0, PROCESS, side_by_side, BROKERED)
    assert (told.network_seconds, told.disk_seconds) == (0.5, 0.5)


def test_a_walk_of_no_time_has_no_ratio() -> None:
    assert Spent().wait_ratio == 0.0


def test_figures_of_walks_add_up() -> None:
    one = spent(4.0, PROCESS, COST, BROKERED)
    both = one + one
    assert (both.walks, both.wall_seconds, both.requests, both.major_faults) == (2, 8.0, 6, 14)
    assert both.wait_ratio == pytest.approx(one.wait_ratio)
