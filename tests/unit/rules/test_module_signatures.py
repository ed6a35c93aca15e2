"""Who signed the modules of a crash, as the stackwalker reads it."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.module_signatures import ConvertModuleSignatureInfoRule
from moonwalk.rules.rule import NOTHING
from tests.unit.rules.builders import act, crash

NAME = "ModuleSignatureInfo"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Mozilla": ["xul.dll", "é"]}, '{"Mozilla": ["xul.dll", "\\u00e9"]}'),
        ([], "[]"),
        (5, "5"),
        (None, "null"),
    ],
)
def test_what_is_no_text_becomes_its_json_text(value: Any, text: str) -> None:
    found = act(ConvertModuleSignatureInfoRule(), crash({NAME: value}))
    assert found.annotations == {NAME: text}


@pytest.mark.parametrize("raw", [{}, {NAME: ""}, {NAME: "{broken"}])
def test_text_stays_as_it_is(raw: dict[str, Any]) -> None:
    assert act(ConvertModuleSignatureInfoRule(), crash(raw)) is NOTHING


def test_what_cannot_be_written_is_dropped() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert act(ConvertModuleSignatureInfoRule(), crash({NAME: deep})).dropped == {NAME}
