"""The crashing thread's stack is shown from whatever a processed crash holds."""

from typing import Any

import pytest

from cli.stack import INLINED, OUTERMOST, Row, all_stacks, crashing_stack, cut


def _processed(*frames: Any) -> dict[str, Any]:
    return {"json_dump": {"crashing_thread": {"threads_index": 4, "frames": list(frames)}}}


def test_inlined_frames_stand_above_the_frame_that_holds_them() -> None:
    frame = {
        "frame": 0,
        "trust": "context",
        "module": "darkroom",
        "function": "outer",
        "file": "a.cpp",
        "line": 2,
        "inlines": [{"function": "inner", "file": "a.hpp", "line": 1}],
    }
    stack = crashing_stack(_processed(frame))
    assert stack is not None
    assert stack.rows == (
        Row("0", INLINED, "darkroom", "inner", "a.hpp", "1"),
        Row("0", "context", "darkroom", "outer", "a.cpp", "2"),
    )


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        ({"module": "libc.so.6", "module_offset": "0x10"}, "libc.so.6 + 0x10"),
        ({"offset": "0xdead"}, "0xdead"),
        ({}, ""),
    ],
)
def test_a_frame_without_a_function_is_shown_by_its_place(
    frame: dict[str, Any], shown: str
) -> None:
    stack = crashing_stack(_processed(frame))
    assert stack is not None
    assert stack.rows[0].function == shown


def test_a_thread_is_called_by_its_number_and_its_name() -> None:
    processed = _processed()
    processed["json_dump"]["crashing_thread"]["thread_name"] = "developer-3"
    stack = crashing_stack(processed)
    assert stack is not None
    assert stack.title == "thread 4 (developer-3)"


@pytest.mark.parametrize(
    "processed",
    [{}, {"json_dump": 1}, {"json_dump": {"crashing_thread": None}}, {"json_dump": [1]}],
)
def test_without_a_crashing_thread_there_is_no_stack(processed: dict[str, Any]) -> None:
    assert crashing_stack(processed) is None


def test_frames_that_are_none_are_shown_as_nothing_rather_than_fail() -> None:
    stack = crashing_stack(_processed(7, None, {"inlines": {"a": 1}}))
    assert stack is not None
    assert [row.function for row in stack.rows] == ["", "", ""]


def test_the_thread_that_the_rules_call_crashing_is_taken_for_the_one() -> None:
    named = {"thread_name": "main", "frames": [{"function": "hangs"}]}
    walked = {"threads": [named, {}], "crashing_thread": {"threads_index": 1}}
    stack = crashing_stack({"crashing_thread": 0, "json_dump": walked})
    assert stack is not None
    assert (stack.title, stack.rows[0].function) == ("thread 0 (main)", "hangs")


@pytest.mark.parametrize("number", [9, -1, True, "0", None, 1.0])
def test_a_thread_number_that_is_none_leaves_it_to_the_walk(number: object) -> None:
    walked = {"threads": [{}, {}], "crashing_thread": {"threads_index": 1}}
    stack = crashing_stack({"crashing_thread": number, "json_dump": walked})
    assert stack is not None
    assert stack.number == 1


def test_all_threads_are_given_in_the_dumps_order_odd_ones_without_frames() -> None:
    threads = [{"thread_name": "main", "frames": [{"function": "f"}]}, None, {"frames": 3}]
    stacks = list(all_stacks({"json_dump": {"threads": threads}}))
    assert [stack.title for stack in stacks] == ["thread 0 (main)", "thread 1", "thread 2"]
    assert [len(stack.rows) for stack in stacks] == [1, 0, 0]


def test_a_frame_that_stands_for_others_says_so() -> None:
    stack = crashing_stack(_processed({"truncated": {"msg": "900 frames truncated"}}))
    assert stack is not None
    assert stack.rows[0].function == "900 frames truncated"


def test_a_frame_in_a_module_that_was_unloaded_is_named_by_it() -> None:
    frame = {"offset": "0x1", "unloaded_modules": [None, {"module": "plugin.dll"}]}
    stack = crashing_stack(_processed(frame))
    assert stack is not None
    assert stack.rows[0].function == "plugin.dll (unloaded)"


def test_a_long_stack_is_cut_in_its_middle_and_says_by_how_much() -> None:
    rows = [Row(str(number), "", "", "") for number in range(100_000)]
    shown = cut(rows, 60)
    assert len(shown.inner) + len(shown.outer) == 60
    assert len(shown.outer) == OUTERMOST
    assert shown.left_out == 99_940
    assert (shown.inner[0], shown.outer[-1]) == (rows[0], rows[-1])


@pytest.mark.parametrize("count", [0, 1, 60])
def test_a_stack_that_is_short_enough_is_whole(count: int) -> None:
    rows = [Row(str(number), "", "", "") for number in range(count)]
    assert cut(rows, 60).inner == rows
    assert cut(rows, 60).left_out == 0
