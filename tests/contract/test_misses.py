"""Rules of misses, of counts of them, and of news, in memory and in the table of misses."""

from dataclasses import replace
from typing import Any

import pytest

from moonwalk.adapters import aws
from moonwalk.adapters.arrival_items import DynamoArrivals
from moonwalk.adapters.miss_items import DynamoMisses
from moonwalk.adapters.miss_table import MissTable
from moonwalk.adapters.missed_module_items import DynamoMissedModules
from moonwalk.contracts import misses as names
from moonwalk.domain.ledger import Fence
from moonwalk.domain.misses import Arrival, Miss, Missed, News
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import SymbolKey
from moonwalk.miss_ports import Arrivals, MissedModules, Misses
from tests.builders import NOW, crash_id
from tests.fakes import FakeClock
from tests.fakes.misses import FakeArrivals, FakeMissedModules, FakeMisses
from tests.symbol_texts import PLACE

KEY = SymbolKey.at("default", PLACE)
THEIRS = SymbolKey.at("thunderbird", PLACE)
NEED = Need(KEY, "/usr/lib/\u202elib.so", "abcdef01")
BOTH = pytest.mark.parametrize("kind", ["fake", "dynamodb"])
TABLE = "misses"
DAYS = 7


@pytest.fixture
def table(aws_url: str, clock: FakeClock) -> MissTable:  # noqa: ARG001 - must be there first
    client = aws.dynamodb()
    keys = {names.PARTITION: "HASH", names.SORT: "RANGE"}
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],  # type: ignore[typeddict-item]
    )
    return MissTable(client, TABLE, DAYS, clock)


@pytest.fixture
def misses(kind: str, request: pytest.FixtureRequest) -> Misses:
    return FakeMisses() if kind == "fake" else DynamoMisses(request.getfixturevalue("table"))


@pytest.fixture
def modules(kind: str, clock: FakeClock, request: pytest.FixtureRequest) -> MissedModules:
    if kind == "fake":
        return FakeMissedModules(clock)
    return DynamoMissedModules(request.getfixturevalue("table"))


@pytest.fixture
def arrivals(kind: str, request: pytest.FixtureRequest) -> Arrivals:
    return FakeArrivals() if kind == "fake" else DynamoArrivals(request.getfixturevalue("table"))


def miss(number: int = 1, **changes: Any) -> Miss:
    made = Miss(KEY, crash_id(number), Fence(round(NOW * 1000) + number, 1), provisional=True)
    return replace(made, **changes)


def again(first: Miss) -> Miss:
    return replace(first, fence=Fence(first.fence.since, first.fence.attempt + 1))


@BOTH
def test_misses_of_a_module_are_listed_the_newest_crashes_first(misses: Misses) -> None:
    recorded = [miss(number, provisional=number % 2 == 0) for number in range(30)]
    for each in recorded:
        assert misses.record(each)
    misses.record(miss(99, key=THEIRS))
    newest = list(reversed(recorded))
    assert misses.newest(KEY, all_kinds=True, limit=100) == newest
    assert misses.newest(KEY, all_kinds=True, limit=7) == newest[:7]
    provisional = [each for each in newest if each.provisional]
    assert misses.newest(KEY, all_kinds=False, limit=100) == provisional


@BOTH
def test_a_later_run_of_a_crash_takes_the_place_of_the_earlier_one(misses: Misses) -> None:
    assert misses.record(miss())
    assert not misses.record(again(miss()))
    assert misses.newest(KEY, all_kinds=True, limit=9) == [again(miss())]


@BOTH
def test_what_a_later_run_left_is_not_taken_away_with_the_earlier_one(misses: Misses) -> None:
    misses.record(miss())
    misses.record(again(miss()))
    misses.take(miss())
    assert misses.newest(KEY, all_kinds=True, limit=9) == [again(miss())]
    misses.take(again(miss()))
    misses.take(again(miss()))
    assert misses.newest(KEY, all_kinds=True, limit=9) == []


@BOTH
def test_modules_are_counted_by_day_and_the_most_missed_come_first(
    modules: MissedModules, clock: FakeClock
) -> None:
    other = Need(THEIRS)
    modules.count(other, crash_id(1))
    clock.advance(86_400)
    modules.count(other, crash_id(2))
    for number in range(12):
        modules.count(NEED, crash_id(number))
    assert modules.most(1).modules == [Missed(NEED, 12), Missed(other, 1)]
    assert modules.most(2).modules == [Missed(NEED, 12), Missed(other, 2)]
    assert modules.most(2).complete


@BOTH
def test_a_module_is_awaited_once_whoever_waits_and_until_that_is_taken_away(
    modules: MissedModules,
) -> None:
    for number in range(12):
        modules.note_awaited(NEED, crash_id(number))
    modules.note_awaited(Need(THEIRS), crash_id())
    assert sorted(need.key for need in modules.awaited(9)) == [KEY, THEIRS]
    assert len(modules.awaited(1)) == 1
    modules.no_longer_awaited(THEIRS)
    assert modules.awaited(9) == [NEED]


@BOTH
def test_news_is_due_when_it_was_first_told_to_be_the_oldest_first(arrivals: Arrivals) -> None:
    arrivals.tell(KEY, News.PACKED, NOW + 2)
    arrivals.tell(KEY, News.PACKED, NOW + 9)
    arrivals.tell(KEY, News.ABSENT, NOW + 1.5)
    arrivals.tell(THEIRS, News.ABSENT, NOW + 3)
    arrivals.tell(THEIRS, News.PACKED, NOW + 3)
    first = Arrival(KEY, News.ABSENT, NOW + 1.5)
    second = Arrival(KEY, News.PACKED, NOW + 2, told=2)
    assert arrivals.due(NOW + 1, 9) == []
    assert arrivals.due(NOW + 2, 9) == [first, second]
    assert arrivals.due(NOW + 9, 1) == [first]
    assert len(arrivals.due(NOW + 9, 9)) == 4


@BOTH
def test_news_that_was_told_again_meanwhile_is_not_done_with(arrivals: Arrivals) -> None:
    arrivals.tell(KEY, News.PACKED, NOW)
    [read] = arrivals.due(NOW, 9)
    arrivals.released(read, 5)
    arrivals.tell(KEY, News.PACKED, NOW)
    assert not arrivals.done(read)
    [read] = arrivals.due(NOW, 9)
    assert (read.released, read.told) == (5, 2)
    assert arrivals.done(read)
    assert arrivals.due(NOW, 9) == []


@BOTH
def test_crashes_that_are_counted_late_do_not_bring_news_back(arrivals: Arrivals) -> None:
    arrivals.released(Arrival(KEY, News.PACKED, NOW), 1)
    assert arrivals.due(NOW, 9) == []


def test_misses_of_one_module_are_spread_and_every_item_goes_by_itself(table: MissTable) -> None:
    for number in range(40):
        DynamoMisses(table).record(miss(number))
        DynamoMissedModules(table).count(NEED, crash_id(number))
        DynamoMissedModules(table).note_awaited(NEED, crash_id(number))
    DynamoArrivals(table).tell(KEY, News.PACKED, NOW)
    items = table.client.scan(TableName=TABLE)["Items"]
    assert len({item[names.PARTITION]["S"] for item in items}) == 3 * names.SHARDS + 1
    assert {int(item[names.EXPIRES_AT]["N"]) for item in items} == {int(NOW) + DAYS * 86_400}


def test_items_of_another_version_are_passed_over(table: MissTable) -> None:
    for partition in (names.ARRIVALS, names.awaited(0)):
        table.put(partition, "rumour/somewhere", {"due_at": NOW})
    table.put(names.ARRIVALS, f"rumour/{names.name(KEY)}", {"due_at": NOW})
    assert DynamoArrivals(table).due(NOW, 9) == []
    assert DynamoMissedModules(table).awaited(9) == []
