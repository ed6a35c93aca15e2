"""What only the real ledger has: expiry, schema numbers, shards and repeated requests."""

from dataclasses import replace
from typing import Any

import pytest

from moonwalk.adapters import ledger_items
from moonwalk.contracts import ledger as names
from moonwalk.domain.failures import RetryCode, RetryLater
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Result, State
from moonwalk.domain.run_figures import RunFigures, RunStep
from moonwalk.domain.walk_cost import Spent
from tests import builders
from tests.builders import NOW, crash_id
from tests.contract.worlds import LEDGER_DAYS, TABLE, DynamoWorld
from tests.fakes import FakeClock


def test_every_write_puts_the_expiry_off(dynamo_world: DynamoWorld, clock: FakeClock) -> None:
    entry = builders.entry()
    dynamo_world.ledger.write(entry, replacing=None)
    first = int(dynamo_world.item(entry.crash_id)[names.EXPIRES_AT]["N"])
    clock.advance(1000)
    dynamo_world.ledger.write(entry.started(NOW), replacing=entry)
    second = int(dynamo_world.item(entry.crash_id)[names.EXPIRES_AT]["N"])
    assert (first, second - first) == (int(NOW) + LEDGER_DAYS * 86_400, 1000)


def test_only_what_is_due_some_time_is_in_the_index(dynamo_world: DynamoWorld) -> None:
    entry = builders.entry()
    dynamo_world.ledger.write(entry, replacing=None)
    item = dynamo_world.item(entry.crash_id)
    assert int(item[names.SHARD]["N"]) == names.shard_of(entry.crash_id)
    dynamo_world.ledger.write(entry.ended(State.PROCESSED, None, Result(NOW)), replacing=entry)
    assert not {names.SHARD, names.DUE_AT} & dynamo_world.item(entry.crash_id).keys()


def test_crashes_of_one_day_spread_over_all_shards() -> None:
    shards = {names.shard_of(crash_id(number)) for number in range(200)}
    assert shards == set(range(names.SHARDS))


def test_more_than_a_page_of_due_crashes_is_listed(dynamo_world: DynamoWorld) -> None:
    entries = [builders.entry(crash_id=crash_id(number), due_at=NOW) for number in range(60)]
    for entry in entries:
        dynamo_world.ledger.write(entry, replacing=None)
    dynamo_world.client.meta.events.register("before-parameter-build.dynamodb.Query", _one_a_page)
    assert len(list(dynamo_world.ledger.due(NOW, 50))) == 50


def _one_a_page(params: dict[str, Any], **_: object) -> None:
    params["Limit"] = 1


def test_an_item_of_an_unknown_schema_is_left_to_newer_code(dynamo_world: DynamoWorld) -> None:
    item = ledger_items.encode(builders.entry()) | {"schema": {"N": str(names.SCHEMA + 1)}}
    dynamo_world.client.put_item(TableName=TABLE, Item=item)
    with pytest.raises(RetryLater) as failure:
        dynamo_world.ledger.read(crash_id())
    assert failure.value.code is RetryCode.UNAVAILABLE
    with pytest.raises(RetryLater):
        dynamo_world.ledger.write(builders.entry(), replacing=None)


def test_an_item_of_the_version_before_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    item = ledger_items.encode(builders.entry())
    monkeypatch.setattr(names, "SCHEMA", names.SCHEMA + 1)
    assert ledger_items.decode(item) == builders.entry()


def test_an_item_without_what_the_second_schema_added_is_read() -> None:
    entry = builders.entry(State.PROCESSED, result=Result(NOW, walk_seconds=1.5))
    item = ledger_items.encode(entry)
    del item["trail"]
    assert ledger_items.decode(item | {"schema": {"N": "1"}}) == replace(entry, trail=())


def test_the_item_of_a_plain_crash_is_paid_as_one_unit() -> None:
    """A write of up to 1 KiB is one; names count as well as values, a number as half its digits."""
    figures = RunFigures(
        dict.fromkeys(RunStep, 12.3456),
        Spent(
            walks=1,
            wall_seconds=12.3456,
            user_seconds=2.3456,
            system_seconds=0.3456,
            ready_seconds=0.3456,
            disk_seconds=0.3456,
            network_seconds=1.3456,
            major_faults=12345,
            disk_bytes=123456789,
            cache_bytes=12345678,
            network_bytes=12345678,
            requests=123,
        ),
        0.000123456,
    )
    result = Result(NOW + 20, None, "main | crash" * 8, 12345678, 12.3456, figures)
    entry = replace(builders.entry(), message_id="0" * 36, asked_by="0" * 36)
    item = ledger_items.encode(entry.ended(State.PROCESSED, Lane.LIGHT, result))
    assert _bytes({"M": item}) + len("write") + 32 + len(names.EXPIRES_AT) + 6 < 1024


def _bytes(value: Any) -> int:
    """Count as DynamoDB does: https://docs.aws.amazon.com/amazondynamodb, item sizes."""
    ((kind, held),) = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _bytes(each) for name, each in held.items())
    if kind == "L":
        return 3 + sum(1 + _bytes(each) for each in held)
    return len(held.encode()) if kind == "S" else 1 + (len(held) + 1) // 2


def test_a_write_that_was_repeated_because_its_answer_was_lost_is_no_conflict(
    dynamo_world: DynamoWorld,
) -> None:
    """The same request twice is what botocore sends when a connection breaks."""
    entry = builders.entry()
    requests: list[dict[str, Any]] = []
    events = dynamo_world.client.meta.events
    handler = "before-parameter-build.dynamodb.PutItem"

    def sent_before(params: dict[str, Any], **_: object) -> None:
        events.unregister(handler, sent_before)
        requests.append(params)
        dynamo_world.client.put_item(**params)

    events.register(handler, sent_before)
    dynamo_world.ledger.write(entry, replacing=None)
    assert len(requests) == 1
    assert dynamo_world.ledger.read(entry.crash_id) == entry


def test_a_missing_table_is_the_worlds_failure(dynamo_world: DynamoWorld) -> None:
    dynamo_world.client.delete_table(TableName=TABLE)
    with pytest.raises(RetryLater) as failure:
        dynamo_world.ledger.read(crash_id())
    assert "ResourceNotFoundException" in failure.value.detail
    with pytest.raises(RetryLater):
        dynamo_world.ledger.due(NOW, 1)
