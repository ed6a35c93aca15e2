"""Hangs and crashes."""

from typing import Any

import pytest

from moonwalk.rules.mozilla.report_type import ReportTypeRule
from tests.unit.rules.builders import HUGE, act, crash

WATCHDOG = {"frames": [{"function": "abort"}, {"function": "mozilla::RunWatchdog(void*)"}]}
OTHER = {"frames": [{"function": "main"}]}


def kind(**processed: Any) -> Any:
    return act(ReportTypeRule(), crash(processed=processed)).fields["report_type"]


def of_thread(number: Any, *threads: Any) -> Any:
    return kind(json_dump={"crash_info": {"crashing_thread": number}, "threads": list(threads)})


@pytest.mark.parametrize("name", ["ipc_channel_error", "async_shutdown_timeout"])
@pytest.mark.parametrize("value", ["ShutDownKill", ""])
def test_what_only_hangs_have_makes_a_hang(name: str, value: str) -> None:
    assert kind(**{name: value}) == "hang"


def test_the_watchdog_on_the_crashing_thread_makes_a_hang() -> None:
    assert of_thread(1, OTHER, WATCHDOG) == "hang"
    assert of_thread(0, OTHER, WATCHDOG) == "crash"


@pytest.mark.parametrize("number", [None, "x", [], float("inf"), HUGE, 0.9, "0"])
def test_a_thread_without_a_number_is_the_first(number: Any) -> None:
    assert of_thread(number, WATCHDOG, OTHER) == "hang"
    assert of_thread(number, OTHER, WATCHDOG) == "crash"


@pytest.mark.parametrize("number", ["1", 1.5, True, -1])
def test_the_number_may_be_anything_that_python_takes_for_one(number: Any) -> None:
    assert of_thread(number, OTHER, WATCHDOG) == "hang"


@pytest.mark.parametrize("number", [2, -3])
def test_a_thread_that_is_not_there_has_no_watchdog(number: int) -> None:
    assert of_thread(number, WATCHDOG, WATCHDOG) == "crash"


def test_inlined_functions_are_not_looked_at() -> None:
    inlined = {"frames": [{"function": "a", "inlines": [{"function": "RunWatchdog"}]}]}
    assert of_thread(0, inlined) == "crash"


@pytest.mark.parametrize(
    "thread",
    [None, 5, {}, {"frames": None}, {"frames": [None, {"function": None}, {"function": 5}]}],
)
def test_a_thread_of_odd_parts_is_a_crash(thread: Any) -> None:
    assert of_thread(0, thread) == "crash"


@pytest.mark.parametrize("json_dump", [None, {}, [], {"threads": None}, {"crash_info": None}])
def test_without_threads_it_is_a_crash(json_dump: Any) -> None:
    assert kind(json_dump=json_dump) == "crash"
    assert kind() == "crash"
