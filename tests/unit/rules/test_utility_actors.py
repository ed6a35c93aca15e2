"""The actors of a utility process."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.utility_actors import MOST, UtilityActorsNameRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash


def told(names: Any) -> Found:
    return act(UtilityActorsNameRule(), crash(raw={"UtilityActorsName": names}))


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        ("audio-decoder-generic, js-oracle", ["audio-decoder-generic", "js-oracle"]),
        (" a ,, b,a, ", ["a", "b", "a"]),
        ("", []),
        (" , ", []),
    ],
)
def test_actors_are_listed_in_their_order(names: str, listed: list[str]) -> None:
    assert told(names) == Found(fields={"utility_actors_name": listed})


def test_no_more_are_listed_than_there_can_be() -> None:
    assert len(told("a," * 1_000_000).fields["utility_actors_name"]) == MOST


def test_a_process_that_tells_none_has_no_list() -> None:
    assert told(None) is NOTHING
    assert act(UtilityActorsNameRule(), crash()) is NOTHING


@pytest.mark.parametrize("names", [5, ["a"], {}, False])
def test_names_that_are_no_text_are_noted(names: Any) -> None:
    assert told(names) == Found(notes=("UtilityActorsName has an unusable value",))
