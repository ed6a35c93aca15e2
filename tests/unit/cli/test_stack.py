"""The crashing thread's stack is shown from whatever a processed crash holds."""

from typing import Any

import pytest

from cli.stack import INLINED, Row, crashing_stack


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
        Row("0", INLINED, "darkroom", "inner", "a.hpp:1"),
        Row("0", "context", "darkroom", "outer", "a.cpp:2"),
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
