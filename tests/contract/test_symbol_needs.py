"""Rules of how needs of symbols stand, in memory and in the ledger's table."""

import json

import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.need_items import DynamoSymbolNeeds
from moonwalk.adapters.symbol_queue import SqsSymbolQueue
from moonwalk.contracts import ledger as contract
from moonwalk.contracts import source_items
from moonwalk.domain.symbol_needs import Failing, Need, NeedState
from moonwalk.domain.symbol_sources import Reason
from moonwalk.domain.symbols import SymbolKey
from moonwalk.symbol_ports import SymbolNeeds
from moonwalk.usecases.symbol_inbox import read_requests
from tests.builders import NOW
from tests.contract.worlds import TABLE, DynamoWorld
from tests.fakes.symbol_needs import FakeSymbolNeeds
from tests.symbol_texts import PLACE

KEY = SymbolKey.at("default", PLACE)
THEIRS = SymbolKey.at("thunderbird", PLACE)
ASKED = NeedState(NOW + 0.3)
HELD = ASKED.held("message-1", NOW + 900.7)
FAILING = HELD.released(Failing("a", Reason.TIMED_OUT, "silent"), NOW + 20.1)


@pytest.fixture(params=["fake", "dynamodb"])
def needs(request: pytest.FixtureRequest) -> SymbolNeeds:
    if request.param == "fake":
        return FakeSymbolNeeds()
    world: DynamoWorld = request.getfixturevalue("dynamo_world")
    return DynamoSymbolNeeds(world.client, TABLE)


def test_a_need_that_nobody_wrote_about_has_no_state(needs: SymbolNeeds) -> None:
    assert needs.read(KEY) is None


def test_a_state_is_read_as_it_was_written(needs: SymbolNeeds) -> None:
    seen = None
    for state in (ASKED, HELD, FAILING, HELD, None, ASKED):
        assert needs.write(KEY, state, replacing=seen)
        assert needs.read(KEY) == state
        seen = state
    assert needs.read(THEIRS) is None


@pytest.mark.parametrize("seen", [None, HELD, FAILING])
@pytest.mark.parametrize("state", [HELD, None])
def test_a_state_is_not_written_over_one_that_was_not_seen(
    needs: SymbolNeeds, seen: NeedState | None, state: NeedState | None
) -> None:
    assert needs.write(KEY, ASKED, replacing=None)
    assert not needs.write(KEY, state, replacing=seen)
    assert needs.read(KEY) == ASKED


def test_what_was_never_there_cannot_be_replaced(needs: SymbolNeeds) -> None:
    assert not needs.write(KEY, HELD, replacing=ASKED)


def test_a_need_is_forgotten_whatever_it_says(needs: SymbolNeeds) -> None:
    needs.forget(KEY)
    needs.write(KEY, HELD, replacing=None)
    needs.forget(KEY)
    assert needs.read(KEY) is None


def test_an_item_is_small_and_goes_by_itself(dynamo_world: DynamoWorld) -> None:
    DynamoSymbolNeeds(dynamo_world.client, TABLE).write(KEY, HELD, replacing=None)
    key = {contract.CRASH_ID: {"S": source_items.need(KEY)}}
    item = dynamo_world.client.get_item(TableName=TABLE, Key=key)["Item"]
    assert NOW + 900 < int(item[contract.EXPIRES_AT]["N"]) < NOW + 2 * 86_400
    assert contract.DUE_AT not in item


def test_an_item_of_another_version_is_none(dynamo_world: DynamoWorld) -> None:
    key = {contract.CRASH_ID: {"S": source_items.need(KEY)}}
    item = {**key, "state": {"M": {"asked_until": {"N": "9"}, "reason": {"S": "new"}}}}
    dynamo_world.client.put_item(TableName=TABLE, Item=item)  # type: ignore[arg-type]
    assert DynamoSymbolNeeds(dynamo_world.client, TABLE).read(KEY) is None


def test_a_need_comes_out_of_the_queue_as_it_was_sent(aws_url: str) -> None:  # noqa: ARG001 - first
    client = aws.sqs()
    url = client.create_queue(QueueName="symbols")["QueueUrl"]
    need = Need(KEY, "/usr/lib/\u202elib.so", "abcdef01")
    SqsSymbolQueue(client, url).need(need)
    [message] = client.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["schema"] == 1
    assert read_requests(message["Body"]) == need
