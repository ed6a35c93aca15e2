"""Which kind of process crashed."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.process_type import ProcessTypeRule
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import act, crash


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({}, "parent"),
        ({"ProcessType": None}, "parent"),
        ({"ProcessType": "main"}, "parent"),
        ({"ProcessType": "parent"}, "parent"),
        ({"ProcessType": "content"}, "content"),
        ({"ProcessType": "Main"}, "Main"),
        ({"ProcessType": ""}, ""),
    ],
)
def test_the_process_that_says_nothing_is_the_parent(raw: dict[str, Any], kind: str) -> None:
    assert act(ProcessTypeRule(), crash(raw=raw)) == Found(fields={"process_type": kind})


@pytest.mark.parametrize("odd", [5, True, ["main"], {}])
def test_a_kind_that_is_no_text_is_noted_and_not_written(odd: Any) -> None:
    found = act(ProcessTypeRule(), crash(raw={"ProcessType": odd}))
    assert found == Found(notes=("ProcessType has an unusable value",))
