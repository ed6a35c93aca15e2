"""Stacks of endless recursion are shortened."""

from typing import Any

import pytest

from moonwalk.metrics import Metric
from moonwalk.rules.general.truncated_stacks import TruncateStacksRule
from moonwalk.rules.rule import Found
from tests.unit.rules.builders import act, crash


def frames(count: int) -> list[dict[str, int]]:
    return [{"frame": number} for number in range(count)]


def shortened(**processed: Any) -> Found:
    return act(TruncateStacksRule(), crash(processed=processed))


def test_the_first_and_last_frames_stay_around_a_marker() -> None:
    found = shortened(json_dump={"threads": [{"frames": frames(12_345), "frame_count": 12_345}]})
    (thread,) = found.fields["json_dump"]["threads"]
    assert thread["frames"] == [
        *frames(250),
        {"truncated": {"msg": "11,845 frames truncated"}},
        *frames(12_345)[-249:],
    ]
    assert len(thread["frames"]) == 500
    assert (thread["truncated"], thread["frame_count"]) == (True, 12_345)


def test_one_frame_too_many_is_told_in_the_plural() -> None:
    found = shortened(json_dump={"crashing_thread": {"frames": frames(501)}})
    marker = found.fields["json_dump"]["crashing_thread"]["frames"][250]
    assert marker == {"truncated": {"msg": "1 frames truncated"}}


def test_stacks_of_five_hundred_frames_stay() -> None:
    assert shortened(json_dump={"threads": [{"frames": frames(500)}]}) == Found()


def test_each_stack_of_each_dump_is_noted_and_counted() -> None:
    long = {"frames": frames(1_289)}
    found = shortened(
        upload_file_minidump_browser={"json_dump": {"threads": [long]}, "success": True},
        json_dump={"crashing_thread": long, "threads": [{"frames": []}, long], "pid": 5},
    )
    assert found.notes == (
        "TruncateStacksRule: truncated json_dump.crashing_thread.frames: 1289 -> 500",
        "TruncateStacksRule: truncated json_dump.threads[1].frames: 1289 > 500",
        "TruncateStacksRule: truncated upload_file_minidump_browser.json_dump.threads[0].frames: "
        "1289 > 500",
    )
    assert found.fields["json_dump"]["pid"] == 5
    assert found.fields["upload_file_minidump_browser"]["success"] is True
    counted = [(count.metric, count.value) for count in found.counts]
    assert counted == [(Metric.STACK_SIZE, 1_289), (Metric.STACKS_TRUNCATED, 1)] * 3


def test_the_walks_own_output_stays_whole() -> None:
    json_dump = {"threads": [{"frames": frames(600)}]}
    shortened(json_dump=json_dump)
    assert json_dump == {"threads": [{"frames": frames(600)}]}


@pytest.mark.parametrize(
    "processed",
    [
        {},
        {"json_dump": None},
        {"json_dump": {"threads": None, "crashing_thread": None}},
        {"json_dump": {"threads": [None, {"frames": None}, {"frames": "x" * 600}]}},
        {"other": {"json_dump": None}, "list": [{"json_dump": {}}]},
    ],
)
def test_what_is_no_stack_stays(processed: dict[str, Any]) -> None:
    assert shortened(**processed) == Found()
