"""The storms of the use cases' own tests, over the ledger as DynamoDB keeps it."""

import pytest

from tests.contract import worlds
from tests.fakes import FakeClock
from tests.unit.usecases.storm import assert_nothing_is_lost, rage


@pytest.mark.parametrize("seed", range(8))
def test_no_order_of_events_loses_a_crash_in_dynamodb_either(
    seed: int, clock: FakeClock, dynamo_world: worlds.DynamoWorld
) -> None:
    assert_nothing_is_lost(rage(seed, clock, dynamo_world.ledger))
