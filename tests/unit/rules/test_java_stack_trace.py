"""Stack traces of Java, without the messages in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.rules.general.java_stack_trace import JavaStackTraceRule
from moonwalk.rules.rule import NOTHING, Found
from tests.unit.rules.builders import act, crash


def told(trace: Any) -> Found:
    return act(JavaStackTraceRule(), crash(raw={"JavaStackTrace": trace}))


def shown(trace: str) -> Any:
    return told(trace).fields["java_stack_trace"]


@pytest.mark.parametrize(
    ("trace", "public"),
    [
        ("Exc: msg\nmore\n\tat a\n\t... 5 more", "Exc\n\tat a\n\t... 5 more"),
        ("Exc: m\n\tat a\nCaused by: X: y\n\tat q", "Exc\n\tat a"),
        ("Exc: m\n\tat a\n\tSuppressed: Y: secret\n\t\tat z", "Exc\n\tat a"),
        ("Exc: m", "Exc\n"),
        ("Exc", "Exc\n"),
        ("Exc: m\n at a\n", "Exc\n"),
        ("\tat a\n\tat b", "at a\n\tat b"),
        ("\n  \nExc: m\r\n\tat a\r\n", "Exc\n\tat a"),
        (" Exc : m\n\tat a", "Exc\n\tat a"),
    ],
)
def test_class_and_frames_are_shown(trace: str, public: str) -> None:
    assert told(trace) == Found(fields={"java_stack_trace_raw": trace, "java_stack_trace": public})


@pytest.mark.parametrize(
    "trace",
    [
        "Exc: m\n\tat a\n\nCaused by: secret",
        "Exc: m\n\tat a\n\n\tSuppressed: Y: secret\n\tat z",
        "Exc: m\n\tat a\n    at secret",
        "Exc: m\n\tat a\n\tsecret\n\tat b",
        "Exc: m\n\tat a\n\t...secret",
        "Exc: m\n\tsecret\n\tat a",
        "Exc: m\n\t... secret\n\tat a",
    ],
)
def test_the_first_line_that_is_no_frame_ends_the_trace(trace: str) -> None:
    assert shown(trace) == "Exc\n\tat a"


@given(st.text("Ex: \n\t\r\x0b\u2028") | st.text())
def test_whatever_a_trace_holds_only_frames_follow_the_class(message: str) -> None:
    trace = f"Exc: {message}\n\tat a\n{message}"
    first, *frames = shown(trace).split("\n")
    assert first == "Exc"
    assert all(frame.startswith(("\tat ", "\t... ")) for frame in frames)


def test_white_space_only_is_kept_but_no_trace() -> None:
    assert told(" \n\t") == Found(fields={"java_stack_trace_raw": " \n\t"})


@pytest.mark.parametrize("nothing", ["", None, 0, []])
def test_without_a_trace_there_is_none(nothing: Any) -> None:
    assert told(nothing) is NOTHING


@pytest.mark.parametrize("odd", [5, ["Exc"], {"a": 1}, True])
def test_a_trace_that_is_no_text_is_noted_and_not_written(odd: Any) -> None:
    assert told(odd) == Found(notes=("JavaStackTrace has an unusable value",))
