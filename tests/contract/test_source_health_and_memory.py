"""Rules of what is kept about symbol sources, by a process and by the ledger's table."""

from collections.abc import Callable

import pytest

from moonwalk.adapters.source_items import DynamoSourceHealth, DynamoSymbolMemory
from moonwalk.adapters.sources.in_process import ProcessHealth, ProcessMemory
from moonwalk.contracts import ledger as contract
from moonwalk.contracts import source_items
from moonwalk.domain.breaker import Breaker, BreakerRules
from moonwalk.domain.symbol_memory import Remembered
from moonwalk.domain.symbol_places import SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Failed, Reason
from moonwalk.ports import SourceHealth, SymbolMemory
from tests.builders import NOW
from tests.contract.worlds import TABLE, DynamoWorld
from tests.symbol_texts import DEBUG_ID, PLACE

RULES = BreakerRules(failures=2)
WELL = Breaker()
FAILED_ONCE = WELL.failed(NOW + 0.1, RULES)
RESTING = FAILED_ONCE.failed(NOW + 0.3, RULES)
TRIED = RESTING.on_trial(NOW + 400.7, RULES)
OTHER = SymbolPlace("other.so", DEBUG_ID, "other.so.sym")
HTML = Failed(Reason.NOT_SYMBOLS, "it does not begin with a MODULE line")
SOURCE = "https://symbols.example/a b"


@pytest.fixture(params=["process", "dynamodb"])
def health(request: pytest.FixtureRequest) -> SourceHealth:
    if request.param == "process":
        return ProcessHealth()
    world: DynamoWorld = request.getfixturevalue("dynamo_world")
    return DynamoSourceHealth(world.client, TABLE, world.ledger.clock)


@pytest.fixture(params=["process", "dynamodb"])
def memory(request: pytest.FixtureRequest) -> SymbolMemory:
    if request.param == "process":
        return ProcessMemory()
    world: DynamoWorld = request.getfixturevalue("dynamo_world")
    return DynamoSymbolMemory(world.client, TABLE, "default")


def test_a_source_that_nobody_wrote_about_is_well(health: SourceHealth) -> None:
    assert health.read(SOURCE) == WELL


def test_a_state_is_read_as_it_was_written(health: SourceHealth) -> None:
    seen = WELL
    for state in (FAILED_ONCE, RESTING, TRIED, WELL, FAILED_ONCE):
        assert health.write(SOURCE, state, replacing=seen)
        assert health.read(SOURCE) == state
        seen = state
    assert health.read("another") == WELL


@pytest.mark.parametrize("seen", [WELL, RESTING, TRIED])
def test_a_state_is_not_written_over_one_that_was_not_seen(
    health: SourceHealth, seen: Breaker
) -> None:
    assert health.write(SOURCE, FAILED_ONCE, replacing=WELL)
    assert not health.write(SOURCE, TRIED, replacing=seen)
    assert health.read(SOURCE) == FAILED_ONCE


def test_a_state_that_is_gone_is_not_replaced(health: SourceHealth) -> None:
    assert not health.write(SOURCE, TRIED, replacing=RESTING)


def test_answers_of_several_sources_are_remembered_side_by_side(memory: SymbolMemory) -> None:
    answers = {SOURCE: Remembered(Absent(), NOW + 0.5), "b": Remembered(HTML, NOW + 86_400)}
    for source, remembered in answers.items():
        memory.remember(PLACE, source, remembered)
    assert memory.recall(PLACE) == answers
    assert memory.recall(OTHER) == {}


def test_the_last_answer_of_a_source_counts(memory: SymbolMemory) -> None:
    memory.remember(PLACE, SOURCE, Remembered(HTML, NOW))
    memory.remember(PLACE, SOURCE, Remembered(Absent(), NOW + 9))
    assert memory.recall(PLACE) == {SOURCE: Remembered(Absent(), NOW + 9)}


def test_what_is_forgotten_is_forgotten_of_all_sources_and_of_that_place_only(
    memory: SymbolMemory,
) -> None:
    for place in (PLACE, OTHER):
        memory.remember(place, "a", Remembered(Absent(), NOW))
        memory.remember(place, "b", Remembered(HTML, NOW))
    memory.forget(PLACE)
    assert memory.recall(PLACE) == {}
    assert set(memory.recall(OTHER)) == {"a", "b"}
    memory.forget(PLACE)


@pytest.fixture
def stored(dynamo_world: DynamoWorld) -> Callable[[str], dict[str, dict[str, str]]]:
    def read(key: str) -> dict[str, dict[str, str]]:
        found = dynamo_world.client.get_item(TableName=TABLE, Key={contract.CRASH_ID: {"S": key}})
        return dict(found["Item"])  # type: ignore[arg-type]

    return read


def test_items_go_by_themselves_and_are_in_no_index(
    dynamo_world: DynamoWorld, stored: Callable[[str], dict[str, dict[str, str]]]
) -> None:
    memory = DynamoSymbolMemory(dynamo_world.client, TABLE, "default")
    memory.remember(PLACE, "a", Remembered(Absent(), NOW + 60))
    health = DynamoSourceHealth(dynamo_world.client, TABLE, dynamo_world.ledger.clock)
    health.write("a", RESTING, replacing=WELL)
    absence = stored(source_items.absence("default", PLACE))
    state = stored(source_items.health("a"))
    assert absence[contract.EXPIRES_AT] == {"N": str(int(NOW) + 61)}
    assert int(state[contract.EXPIRES_AT]["N"]) > NOW + 86_400
    assert not {contract.SHARD, contract.DUE_AT} & (absence.keys() | state.keys())
    assert list(dynamo_world.ledger.due(NOW * 2, 10)) == []


def test_scopes_do_not_share_what_their_sources_lack(dynamo_world: DynamoWorld) -> None:
    ours = DynamoSymbolMemory(dynamo_world.client, TABLE, "ours")
    ours.remember(PLACE, "a", Remembered(Absent(), NOW))
    assert DynamoSymbolMemory(dynamo_world.client, TABLE, "theirs").recall(PLACE) == {}


@pytest.mark.parametrize(
    "answer",
    [
        {"M": {"until": {"S": "soon"}}},
        {"M": {}},
        {"S": "absent"},
        {"M": {"until": {"N": "5"}, "reason": {"S": "unheard_of"}, "detail": {"S": ""}}},
    ],
)
def test_an_answer_that_cannot_be_understood_was_never_given(
    dynamo_world: DynamoWorld, answer: dict[str, object]
) -> None:
    key = {contract.CRASH_ID: {"S": source_items.absence("default", PLACE)}}
    dynamo_world.client.put_item(TableName=TABLE, Item={**key, "from a": answer})
    assert DynamoSymbolMemory(dynamo_world.client, TABLE, "default").recall(PLACE) == {}
