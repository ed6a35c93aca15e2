"""What a program did before it crashed."""

import json
from typing import Any

import pytest

from moonwalk.rules.general.breadcrumbs import BreadcrumbsRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import HUGE, act, crash

CRUMB = {
    "category": "ui",
    "data": {"deep": [{"any": 5}]},
    "level": "info",
    "message": "clicked",
    "timestamp": "2026-01-01T00:00:00",
    "type": "default",
}
NO_JSON = Found(notes=("Breadcrumbs: malformed: not valid json",))
MISFIT = Found(notes=("Breadcrumbs: malformed: does not match the schema",))


def told(breadcrumbs: Any) -> Found:
    return act(BreadcrumbsRule(), crash(raw={"Breadcrumbs": breadcrumbs}))


@pytest.mark.parametrize("crumbs", [[CRUMB], [], [{}], [{"own": None}, CRUMB]])
def test_breadcrumbs_are_kept_whole(crumbs: list[Any]) -> None:
    kept = Found(fields={"breadcrumbs": crumbs})
    assert told(json.dumps(crumbs)) == kept
    assert told(json.dumps({"values": crumbs, "more": 1})) == kept


def test_they_need_not_be_text() -> None:
    assert told([CRUMB]) == Found(fields={"breadcrumbs": [CRUMB]})
    assert told({"values": [CRUMB]}) == Found(fields={"breadcrumbs": [CRUMB]})


@pytest.mark.parametrize("nothing", ["", None, [], {}, 0])
def test_without_breadcrumbs_there_are_none(nothing: Any) -> None:
    assert told(nothing) is NOTHING


@pytest.mark.parametrize("text", ["{", "x", "[" * 100_000, f"[{HUGE}]"])
def test_text_that_cannot_be_read_is_noted(text: str) -> None:
    assert told(text) == NO_JSON


@pytest.mark.parametrize(
    "odd",
    [
        {"message": "secret"},
        {"values": None},
        5,
        None,
        "secret",
        ["secret"],
        [None],
        [CRUMB, {"message": None}],
        [{"level": 5}],
        [{"data": "secret"}],
        [{"data": None}],
        [{"type": ["secret"]}],
    ],
)
def test_breadcrumbs_that_are_none_are_noted_without_quoting_them(odd: Any) -> None:
    assert told(json.dumps(odd)) == MISFIT


@pytest.mark.parametrize("odd", [5, True, 1.5])
def test_an_annotation_that_is_neither_text_nor_json_is_noted(odd: Any) -> None:
    assert told(odd) == Found(notes=("Breadcrumbs has an unusable value",))
