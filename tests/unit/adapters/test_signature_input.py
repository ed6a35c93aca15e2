"""What a signature is made of is found in any document, is small, and is Socorro's."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonwalk.adapters.signature import SiggenSignatures
from moonwalk.adapters.signature_input import FRAMES, MOST_CHARACTERS, crash_data
from tests.unit.rules.builders import ANY_JSON, HUGE, JSON_DUMPS

SIGNATURES = SiggenSignatures()
TEXTS = st.one_of(ANY_JSON, st.sampled_from(["{}", '{"phase": 1, "conditions": [1]}', "a: b\n\tc"]))
JAVA = {"exception": {"values": [{"stacktrace": {"module": "a", "frames": [{"module": "b"}]}}]}}
CRASHES = st.fixed_dictionaries(
    {},
    optional={
        "abort_message": TEXTS,
        "additional_minidumps": ANY_JSON,
        "async_shutdown_timeout": TEXTS,
        "hang": TEXTS,
        "ipc_channel_error": TEXTS,
        "ipc_message_name": TEXTS,
        "java_exception": st.one_of(ANY_JSON, st.just(JAVA)),
        "java_stack_trace": TEXTS,
        "js_large_allocation_failure": TEXTS,
        "json_dump": JSON_DUMPS,
        "mdsw_status_string": TEXTS,
        "oom_allocation_size": ANY_JSON,
    },
)


def stack(*frames: Any, number: Any = 0, threads: Any = None) -> dict[str, Any]:
    """Build a processed crash of one thread."""
    return {
        "json_dump": {
            "crash_info": {"crashing_thread": number},
            "threads": [{"frames": list(frames)}] if threads is None else threads,
        }
    }


@settings(max_examples=100, deadline=None)
@given(CRASHES)
def test_every_document_has_a_signature_that_can_be_stored(document: dict[str, Any]) -> None:
    before = json.dumps(document)
    signature = SIGNATURES.sign(document)
    assert json.dumps(document) == before
    assert len(signature.text) <= 255
    for text in (signature.proto_signature or "", *signature.notes, *signature.debug):
        text.encode("utf-8")


@pytest.mark.parametrize(
    ("number", "thread"),
    [(1, 1), ("1", 1), (1.9, 1), (True, 1), (-1, -1), (None, 0), ("x", 0), ([], 0), (HUGE, 0)],
)
def test_the_crashing_thread_is_what_python_takes_for_a_whole_number(
    number: Any, thread: int
) -> None:
    names = ("first", "second", "last")
    threads = [{"frames": [{"function": name}]} for name in names]
    data = crash_data(stack(number=number, threads=threads))
    assert data["crashing_thread"] == thread
    assert SIGNATURES.sign(stack(number=number, threads=threads)).text == names[thread]


def test_a_thread_that_is_not_there_has_no_frames() -> None:
    signature = SIGNATURES.sign(stack({"function": "main"}, number=10**30))
    assert signature.text == "EMPTY: no frame data available"
    assert signature.notes[0].endswith(f"no frame data for crashing thread ({10**30})")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (262144, "OOM | small"),
        (262145, "OOM | large | main"),
        (10**400, "OOM | large | main"),
        ("5", "OOM | small"),
        (0, "main"),
        (None, "main"),
        (float("inf"), "main"),
        (HUGE, "main"),
        ({}, "main"),
    ],
)
def test_the_size_of_an_allocation_may_be_any_number(size: Any, text: str) -> None:
    document = stack({"function": "main"}) | {"oom_allocation_size": size}
    assert SIGNATURES.sign(document).text == text


@pytest.mark.parametrize(
    ("frame", "normalised"),
    [
        ({"file": "a/b.c", "line": 58}, "b.c#58"),
        ({"file": "a/b.c", "line": "58"}, "b.c#58"),
        ({"file": "a/b.c", "line": 5.5, "module": "m.so"}, "b.c#5.5"),
        ({"file": "a/b.c", "line": [5], "module": "m.so"}, "m.so"),
        ({"file": "a/b.c", "module": "[m.so]"}, "m.so"),
        ({"offset": "0x00012"}, "@0x12"),
        ({"offset": 18}, "@18"),
        ({"unloaded_modules": [{"module": "gone.dll"}, {"module": "x"}]}, "(unloaded gone.dll)"),
        ({"unloaded_modules": [{}]}, "(unloaded None)"),
        ({}, ""),
    ],
)
def test_a_frame_without_a_function_is_told_by_what_is_known(
    frame: dict[str, Any], normalised: str
) -> None:
    assert SIGNATURES.sign(stack(frame)).proto_signature == normalised


def test_forty_frames_count_inlined_ones_before_those_that_they_are_in() -> None:
    inlines = [{"function": f"inline{number}"} for number in range(30)]
    frames = [{"function": "outer", "inlines": inlines}] + [{"function": "f"}] * 100_000
    names = (SIGNATURES.sign(stack(*frames)).proto_signature or "").split(" | ")
    assert names[:2] == ["inline0", "inline1"]
    assert names[30:] == ["outer", *["f"] * (FRAMES - 31)]


def test_threads_that_do_not_count_are_left_out() -> None:
    threads = [{"frames": [{"function": f"f{number}"}]} for number in range(5)]
    counting = [bool(thread) for thread in crash_data(stack(number=3, threads=threads))["threads"]]
    assert counting == [True, False, False, True, False]


def test_a_java_exception_is_told_by_its_first_frame() -> None:
    document = {"java_exception": JAVA}
    assert SIGNATURES.sign(document).text == "a.Unknown: at b"
    nested: Any = JAVA
    for _ in range(100_000):
        nested = {"exception": nested}
    assert SIGNATURES.sign({"java_exception": nested}).text.startswith("EMPTY: Java exception")


@pytest.mark.parametrize("text", ["hang", "abort_message", "ipc_channel_error", "ipc_message_name"])
def test_texts_of_ten_megabytes_are_cut(text: str) -> None:
    signature = SIGNATURES.sign(stack({"function": "main"}) | {text: "x" * 10**7})
    assert len("".join(signature.debug)) < 10 * MOST_CHARACTERS
    assert "x" in signature.text


def test_a_stack_of_the_longest_names_ends_in_time() -> None:
    name = ("operator<a>() " * MOST_CHARACTERS)[: 10**6]
    frames = [{"function": name, "inlines": [{"function": name}] * 40}] * 40
    signature = SIGNATURES.sign(stack(*frames))
    assert signature.text
