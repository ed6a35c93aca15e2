"""Knobs and their bounds; documents that people wrote at the same time, or that nobody should."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.contracts import knobs as contract
from moonwalk.contracts.knobs import BadDocumentError, read_panel, read_turns, write_turns
from moonwalk.domain.knob_turns import Turn, Turns
from moonwalk.domain.knobs import (
    LIGHT_LIMIT,
    RELEASES,
    BadKnobError,
    KnobQueue,
    Positions,
    pause,
    source,
)
from tests.fakes.knobs import PANEL

NAMES = [knob.name for knob in PANEL]
TURN = st.builds(
    Turn,
    st.none() | st.booleans() | st.integers(0, 10**6),
    st.none() | st.booleans(),
    st.integers(0, 5),
    st.text(max_size=3),
    st.text(max_size=3),
)
TURNS = st.builds(Turns, st.dictionaries(st.sampled_from(NAMES), TURN, max_size=5))


def document(**knobs: Any) -> str:
    return json.dumps({"schema": 1, "knobs": knobs})


def test_knobs_stand_as_the_settings_say_until_somebody_turns_them() -> None:
    plain = Positions(PANEL)
    assert not any(map(plain.is_paused, KnobQueue))
    assert (plain.light_limit_bytes, plain.is_off("vendor")) == (1024 * 1024, False)
    turned = Positions(
        PANEL, {pause(KnobQueue.STANDARD): True, LIGHT_LIMIT: 0, source("vendor"): False}
    )
    assert turned.is_paused(KnobQueue.STANDARD)
    assert not turned.is_paused(KnobQueue.PRIORITY)
    assert (turned.light_limit_bytes, turned.is_off("vendor")) == (0, True)


@pytest.mark.parametrize("value", [-1, 449, True, None, "5", 1.0, [], 10**30])
def test_a_number_out_of_its_bounds_or_of_another_kind_is_refused(value: object) -> None:
    with pytest.raises(
        BadKnobError, match=r"lane.light_limit_mib must be a whole number from 0 to 448"
    ):
        PANEL.knob(LIGHT_LIMIT).check(value)


@pytest.mark.parametrize("value", [0, 1, None, "on", {}])
def test_a_switch_takes_nothing_but_on_and_off(value: object) -> None:
    with pytest.raises(BadKnobError, match=r"pause.standard must be on or off"):
        PANEL.knob("pause.standard").check(value)


def test_an_unknown_knob_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(
        BadKnobError, match=r"there is no knob 'pause.lunch'; there are pause.priority"
    ):
        PANEL.knob("pause.lunch")


def test_a_value_out_of_bounds_does_not_set_free_what_another_one_holds() -> None:
    good, refused = PANEL.sift({"pause.standard": True, LIGHT_LIMIT: 10**9, "source.gone": False})
    assert good == {"pause.standard": True}
    assert refused.keys() == {LIGHT_LIMIT, "source.gone"}


@given(TURNS, TURNS, TURNS)
def test_documents_are_put_together_in_any_order_to_the_same_end(
    a: Turns, b: Turns, c: Turns
) -> None:
    assert a.merged(b) == b.merged(a)
    assert a.merged(b).merged(c) == a.merged(b.merged(c))
    assert a.merged(a) == a


def test_a_turn_comes_after_the_knobs_last_one_whatever_the_clocks_say() -> None:
    first = Turns({}).with_turn(RELEASES, 5, at=1000, by="a", why="x")
    second = first.with_turn(RELEASES, 7, at=900, by="b", why="y")
    assert second.of[RELEASES] == Turn(7, 5, 1001, "b", "y")
    assert first.merged(second) == second
    assert second.with_turn(RELEASES, None, at=2000, by="b", why="z").values == {}


@given(TURNS)
def test_what_was_written_is_read(turns: Turns) -> None:
    assert read_turns(write_turns(turns)) == turns


def test_a_full_document_lets_go_of_words_and_never_of_a_value() -> None:
    turns = Turns({})
    for number, name in enumerate([f"source.{'s' * 30}{n}" for n in range(25)]):
        turns = turns.with_turn(name, False, at=number, by="b" * 200, why="w" * 200)  # noqa: FBT003
    text = write_turns(turns)
    assert len(text.encode()) <= contract.MAX_BYTES
    assert read_turns(text).values == turns.values
    newest = max(turns.of, key=lambda name: turns.of[name].at)
    assert read_turns(text).of[newest] == turns.of[newest]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 8000,
        "{" * 9000,
        '{"schema":1}',
        '{"schema":2,"knobs":{}}',
        '{"schema":true,"knobs":{}}',
        '{"schema":"1","knobs":{}}',
        '{"schema":1,"knobs":[]}',
        document(**{"pause.standard": True}),
        document(**{"pause.standard": {"value": "on", "was": None, "at": 1}}),
        document(**{"pause.standard": {"value": 1.5, "was": None, "at": 1}}),
        document(**{"pause.standard": {"value": True, "was": None, "at": True}}),
        document(**{"pause.standard": {"value": True, "was": None, "at": -1}}),
        document(**{"pause.standard": {"value": True, "was": None, "at": 1, "by": 7}}),
        document(**{str(number): {"value": 1, "was": 1, "at": 1} for number in range(201)}),
    ],
    ids=range(18),
)
def test_a_hostile_document_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadDocumentError, match=r"^(it|its|a) "):
        read_turns(text)


@pytest.mark.parametrize("ends", [[1, 2], [1, 2, 3], [5, 1, 4], [True, 0, 1], "abc", None])
def test_a_panel_with_a_range_that_is_none_is_refused(ends: object) -> None:
    text = json.dumps({"schema": 1, "ranges": {LIGHT_LIMIT: ends}, "sources": []})
    with pytest.raises(BadDocumentError):
        read_panel(text)


def test_a_panel_is_read_as_it_was_written() -> None:
    found = read_panel(contract.write_panel(PANEL))
    assert (found.ranges, found.sources) == (PANEL.ranges, PANEL.sources)
