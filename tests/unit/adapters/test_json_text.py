"""JSON that is written of any document."""

import json
from typing import Any

import pytest

from moonwalk.adapters.json_text import MOST_NESTED, to_json


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_text_is_as_python_writes_it_and_in_order() -> None:
    assert to_json({"b": [1, 1.5, True], "a": "é\ud800"}) == (
        b'{"b": [1, 1.5, true], "a": "\\u00e9\\ud800"}'
    )


@pytest.mark.parametrize(
    "odd",
    [float("nan"), float("inf"), 10**4_400, nested(5_000)],
    ids=["nan", "infinity", "long", "deep"],
)
def test_what_cannot_be_written_becomes_null_and_costs_nothing_else(odd: Any) -> None:
    written = json.loads(to_json({"good": {"x": [1, True, None]}, "odd": odd}))
    assert written["good"] == {"x": [1, True, None]}
    while isinstance(written["odd"], list):
        written = {"odd": written["odd"][0]}
    assert written["odd"] is None


def test_deep_documents_are_written_whole_as_long_as_they_can_be() -> None:
    document = {"deep": nested(MOST_NESTED)}
    assert json.loads(to_json(document)) == document
    cut = json.loads(to_json({"nan": float("nan"), "deep": nested(MOST_NESTED - 2)}))
    assert cut == {"nan": None, "deep": nested(MOST_NESTED - 2)}
