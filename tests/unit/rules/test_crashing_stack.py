"""The code on the stack of the crashing thread."""

from typing import Any

import pytest

from moonwalk.rules.general.crashing_stack import ModulesInStackRule, TopMostFilesRule
from moonwalk.rules.rule import NOTHING, Found, Rule
from tests.unit.rules.builders import act, crash


def told(rule: Rule, frames: Any, modules: Any = None, number: Any = 0) -> Found:
    json_dump = {"threads": [{"frames": frames}], "modules": modules}
    processed = {"json_dump": json_dump, "crashing_thread": number}
    return act(rule, crash(processed=processed))


def file(*frames: Any) -> Any:
    return told(TopMostFilesRule(), list(frames)).fields.get("topmost_filenames")


def modules(frames: Any, loaded: Any, number: Any = 0) -> Any:
    return told(ModulesInStackRule(), frames, loaded, number).fields.get("modules_in_stack")


@pytest.mark.parametrize(
    ("frames", "first"),
    [
        ([{"file": "a.cpp"}, {"file": "b.cpp"}], "a.cpp"),
        ([{"file": None}, {}, {"file": ""}, {"file": "b.cpp"}], "b.cpp"),
        ([{"file": "a.cpp", "inlines": [{"file": "i.h"}, {"file": "j.h"}]}], "i.h"),
        ([{"file": "a.cpp", "inlines": [{"file": None}, None]}], "a.cpp"),
        ([{"inlines": None}, {"file": "hg:a/b:c.cpp:1"}], "hg:a/b:c.cpp:1"),
        ([None, 5, {"file": 5}, {"inlines": {}, "file": "a"}], "a"),
        ([{"file": None}], None),
        ([], None),
    ],
)
def test_the_file_nearest_to_the_crash_is_named(frames: list[Any], first: str | None) -> None:
    assert file(*frames) == first


@pytest.mark.parametrize("number", [None, 1, -2, "0", [], 0.0])
@pytest.mark.parametrize("rule", [TopMostFilesRule(), ModulesInStackRule()])
def test_a_thread_that_is_not_there_has_nothing_on_its_stack(rule: Rule, number: Any) -> None:
    assert told(rule, [{"file": "a", "module": "m"}], [{"filename": "m"}], number) is NOTHING


@pytest.mark.parametrize("processed", [{}, {"json_dump": None}, {"json_dump": {"threads": None}}])
@pytest.mark.parametrize("rule", [TopMostFilesRule(), ModulesInStackRule()])
def test_without_threads_nothing_is_told(rule: Rule, processed: dict[str, Any]) -> None:
    assert act(rule, crash(processed=processed | {"crashing_thread": 0})) is NOTHING


def test_modules_on_the_stack_are_listed_once_each_in_order() -> None:
    frames = [{"module": "xul.dll"}, {"module": "a.so"}, {"module": "xul.dll"}, {"module": "gone"}]
    loaded = [
        {"filename": "xul.dll", "debug_id": "ABCDEF0123"},
        {"filename": "a.so", "debug_id": "44"},
        {"filename": "unused", "debug_id": "1"},
    ]
    assert modules(frames, loaded) == "a.so/44;xul.dll/ABCDEF0123"


def test_of_modules_of_one_name_the_last_counts() -> None:
    loaded = [{"filename": "a", "debug_id": "1"}, {"filename": "a", "debug_id": "2"}]
    assert modules([{"module": "a"}], loaded) == "a/2"


@pytest.mark.parametrize(
    ("module", "listed"),
    [
        ({"filename": "l i/b;c++.so", "debug_id": "aF-0 g"}, "libc.so/aF0"),
        ({"filename": "\u017f\u212a\u00e4.so", "debug_id": "1"}, "\u017f\u212a.so/1"),
        ({"filename": "a", "debug_id": None}, "a/"),
        ({"filename": "a"}, "a/"),
        ({"filename": "a", "debug_id": 5}, "a/"),
    ],
)
def test_names_and_ids_lose_what_a_search_could_stumble_over(
    module: dict[str, Any], listed: str
) -> None:
    assert modules([{"module": module["filename"]}], [module]) == listed


@pytest.mark.parametrize(
    "loaded", [None, [], [None], [{"filename": None}], [{"filename": ["m"]}], {}]
)
def test_frames_in_no_known_module_list_none(loaded: Any) -> None:
    frames = [{"module": "m"}, {"module": None}, {"module": ["m"]}, {}, None]
    assert modules(frames, loaded) is None


def test_the_mark_of_removed_frames_has_neither_file_nor_module() -> None:
    mark = {"truncated": {"msg": "1 frames truncated"}}
    assert file(mark, {"file": "a"}) == "a"
    assert modules([mark, {"module": "m"}], [{"filename": "m"}]) == "m/"
