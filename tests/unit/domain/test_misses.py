"""Which crashes are walked again when there is news of their symbols."""

from dataclasses import replace

import pytest

from moonwalk.contracts import misses as names
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.ledger import Fence
from moonwalk.domain.misses import Drop, Miss, ReleaseRules
from moonwalk.domain.symbols import SymbolKey
from tests.builders import CRASH_ID, NOW, crash_id
from tests.symbol_texts import PLACE

RULES = ReleaseRules(per_module=100, days=14, runs=25)
MISS = Miss(
    SymbolKey.at("default", PLACE), CRASH_ID, Fence(round(NOW * 1000), 24), provisional=True
)
DAY = 86_400


def test_a_crash_is_walked_again_within_all_limits() -> None:
    assert RULES.drop(MISS, 99, NOW + 14 * DAY) is None


@pytest.mark.parametrize(
    ("miss", "released", "now", "why"),
    [
        (MISS, 0, NOW + 14 * DAY + 1, Drop.AGE),
        (MISS, 100, NOW, Drop.CAP),
        (replace(MISS, fence=Fence(MISS.fence.since, 25)), 0, NOW, Drop.RUNS),
    ],
)
def test_beyond_a_limit_it_stays_as_it_is(miss: Miss, released: int, now: float, why: Drop) -> None:
    assert RULES.drop(miss, released, now) is why


def test_crashes_of_one_day_spread_over_all_shards() -> None:
    shards = {names.shard_of(crash_id(number)) for number in range(100)}
    assert shards == set(range(names.SHARDS))


def test_the_order_of_keys_is_the_order_in_which_crashes_came() -> None:
    times = [9, 10, 999_999_999_999, 1_795_420_800_250]
    keys = [names.miss(CRASH_ID, since) for since in times]
    assert keys == sorted(keys)


def test_a_module_s_name_is_read_as_it_was_written() -> None:
    assert names.read_name(names.name(MISS.key)) == MISS.key
    for text in ("default", "default/a/b", f"default/{PLACE.path}/more"):
        with pytest.raises(ValueError, match=text):
            names.read_name(text)
    with pytest.raises(DeadLetter):
        names.read_name("default/a/b/c")
