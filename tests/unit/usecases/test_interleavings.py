"""Whatever happens in whatever order: one result, the newest one, and nothing lost."""

import pytest

from moonwalk.metrics import Metric
from tests.fakes import FakeClock, FakeLedger
from tests.unit.usecases.storm import assert_nothing_is_lost, rage


@pytest.mark.parametrize("seed", range(200))
def test_no_order_of_events_loses_a_crash_or_lets_an_older_result_win(seed: int) -> None:
    assert_nothing_is_lost(rage(seed, FakeClock(), FakeLedger()))


def test_the_storms_are_storms() -> None:
    worlds = [rage(seed, FakeClock(), FakeLedger()) for seed in range(100)]
    assert max(world.entry.fence.attempt for world in worlds) > 5
    assert any(world.dead_letters.sent for world in worlds), "no crash was ever given up"
    for why in ("duplicate", "done", "queued_again", "stale"):
        assert any(world.metrics.total(Metric.SETTLED, why=why) for world in worlds), why
    for action in ("put_back", "asked_again", "failed"):
        assert any(world.metrics.total(Metric.RECONCILED, action=action) for world in worlds), (
            action
        )
