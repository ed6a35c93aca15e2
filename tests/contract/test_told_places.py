"""Rules of the places that servers told for code files, in memory and in the ledger's table."""

import pytest

from moonwalk.adapters.told_items import HOLDS, DynamoToldPlaces
from moonwalk.contracts import ledger as contract
from moonwalk.contracts import source_items
from moonwalk.domain.code_keys import CodeKey
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.symbol_ports import ToldPlaces
from tests.builders import NOW
from tests.contract.worlds import TABLE, DynamoWorld
from tests.fakes import FakeClock
from tests.fakes.symbol_needs import FakeToldPlaces
from tests.symbol_texts import ASKED_BY_CODE, BY_CODE, DEBUG_ID, PLACE

KEY = CodeKey.of(BY_CODE, "default")
THEIRS = CodeKey.of(BY_CODE, "thunderbird")
OTHER = SymbolPlace("other b.pdb", DEBUG_ID, "other b.sym")


@pytest.fixture(params=["fake", "dynamodb"])
def told(request: pytest.FixtureRequest) -> ToldPlaces:
    if request.param == "fake":
        return FakeToldPlaces()
    world: DynamoWorld = request.getfixturevalue("dynamo_world")
    return DynamoToldPlaces(world.client, TABLE, FakeClock(NOW))


def test_of_a_code_file_that_nobody_asked_about_nothing_is_told(told: ToldPlaces) -> None:
    assert told.place(KEY) is None


def test_the_place_that_was_told_last_is_kept_for_its_scope(told: ToldPlaces) -> None:
    for place in (OTHER, PLACE):
        told.keep(KEY, place)
        assert told.place(KEY) == place
    assert told.place(THEIRS) is None


def test_a_place_is_forgotten_after_days(dynamo_world: DynamoWorld) -> None:
    clock = FakeClock(NOW)
    told = DynamoToldPlaces(dynamo_world.client, TABLE, clock)
    told.keep(KEY, PLACE)
    clock.advance(HOLDS - 1)
    assert told.place(KEY) == PLACE
    clock.advance(1)
    assert told.place(KEY) is None


def test_the_item_goes_by_itself_and_is_in_no_index(dynamo_world: DynamoWorld) -> None:
    DynamoToldPlaces(dynamo_world.client, TABLE, FakeClock(NOW)).keep(KEY, PLACE)
    key = {contract.CRASH_ID: {"S": f"symbol-told/default/{ASKED_BY_CODE}"}}
    item = dynamo_world.client.get_item(TableName=TABLE, Key=key)["Item"]
    assert int(item[contract.EXPIRES_AT]["N"]) == int(NOW) + HOLDS
    assert contract.DUE_AT not in item


@pytest.mark.parametrize(
    "path", ["", "lib.so", "../ABC/x.sym", f"a/b/../{DEBUG_ID}/x", "a/no id/x.sym", "a/code-AB/a"]
)
def test_an_item_that_leads_to_no_place_tells_nothing(dynamo_world: DynamoWorld, path: str) -> None:
    item = {
        contract.CRASH_ID: {"S": source_items.told(KEY)},
        contract.EXPIRES_AT: {"N": str(int(NOW) + 9)},
        "place": {"S": path},
    }
    dynamo_world.client.put_item(TableName=TABLE, Item=item)
    assert DynamoToldPlaces(dynamo_world.client, TABLE, FakeClock(NOW)).place(KEY) is None
