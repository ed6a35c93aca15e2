"""What is public of a crash: what the tables say, and nothing that they do not know."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.domain.public import PublicView
from moonwalk.domain.schema import Place, Schema
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.touched_modules import Lack, Lacking, told
from moonwalk.rules.profile import public_view
from tests.integration.stackwalker_support import SOCORRO_STACKWALKS

PUBLIC = public_view("socorro")
each_profile = pytest.mark.parametrize("view", [PUBLIC, public_view("default")])
SECRET = "only for few"

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
_KEYS = st.sampled_from(["json_dump", "threads", "frames", "registers", "pid", "url", "a"])
JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_protected_fields_are_not_shown_and_public_ones_are() -> None:
    crash = {"signature": "f", "url": SECRET, "user_comments": SECRET, "mdsw_stderr": SECRET}
    assert PUBLIC.processed(crash) == {"signature": "f"}


def test_what_the_table_does_not_know_is_not_shown_at_any_depth() -> None:
    crash = {"unheard_of": SECRET, "json_dump": {"pid": 7, "unheard_of": SECRET}}
    assert PUBLIC.processed(crash) == {"json_dump": {"pid": 7}}


def test_a_frames_registers_are_not_shown() -> None:
    frame = {"frame": 0, "registers": {"rax": SECRET}}
    crash = {"json_dump": {"crashing_thread": {"frames": [frame]}}}
    assert PUBLIC.processed(crash) == {"json_dump": {"crashing_thread": {"frames": [{"frame": 0}]}}}


def test_of_the_annotations_those_are_shown_that_are_known_to_be_public() -> None:
    raw = {"ProductName": "Darkroom", "URL": SECRET, "HomeAddress": SECRET, "metadata": {"a": 1}}
    assert PUBLIC.raw(raw) == {"ProductName": "Darkroom"}


def test_a_value_that_does_not_fit_costs_nothing_but_itself() -> None:
    frames = [{"frame": 0, "line": "9", "function": "f"}, {"frame": 1, "line": 2}]
    crash = {"signature": 1, "json_dump": {"pid": 7, "threads": [{"frames": frames}]}}
    kept = [{"frame": 0, "function": "f"}, {"frame": 1, "line": 2}]
    assert PUBLIC.processed(crash) == {"json_dump": {"pid": 7, "threads": [{"frames": kept}]}}


def test_a_thread_that_does_not_fit_never_gives_its_number_to_the_next() -> None:
    crash = {"json_dump": {"pid": 7, "threads": ["odd", {"thread_name": "second"}]}}
    assert PUBLIC.processed(crash) == {"json_dump": {"pid": 7}}


@each_profile
def test_symbols_that_may_come_are_told_to_everybody_without_folders_of_the_crashed(
    view: PublicView,
) -> None:
    paths = "C:\\Users\\ansel\\app.pdb", "/home/ansel/app"
    lacking = Lacking(LoadedModule(paths[0], "A0", paths[1], "1"), Lack.PENDING)
    (shown,) = view.processed(told([lacking]))["symbols_incomplete"]
    assert (shown["debug_file"], shown["code_file"]) == ("app.pdb", "app")
    assert shown["reason"] == "pending"


@pytest.mark.skipif(
    not SOCORRO_STACKWALKS.exists(), reason="../shared/socorro-cases/stackwalk is not there"
)
@each_profile
def test_nothing_public_of_a_real_walk_is_lost_by_a_misfit(view: PublicView) -> None:
    walked = 0
    for path in sorted(SOCORRO_STACKWALKS.glob("*.json")):
        if path.stat().st_size:
            assert view.fields.fits("json_dump", json.loads(path.read_text())), path.name
            walked += 1
    assert walked > 20


@given(JSON)
def test_any_document_has_a_public_part_and_nothing_in_it_is_protected(document: Any) -> None:
    shown = PUBLIC.processed({"json_dump": document})
    assert all(place.public for place in _places(PUBLIC.fields, shown))
    assert PUBLIC.processed(document).keys() <= PUBLIC.fields.places.keys()
    assert PUBLIC.raw(document).keys() <= PUBLIC.annotations.places.keys()


def _places(schema: Schema, shown: dict[str, Any]) -> Iterator[Place]:
    for name, value in shown.items():
        yield from _below(schema.places[name], value)


def _below(place: Place, value: object) -> Iterator[Place]:
    yield place
    if isinstance(value, list) and place.items:
        for item in value:
            yield from _below(place.items, item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            found = place.at(key)
            assert found is not None
            yield from _below(found, inner)
